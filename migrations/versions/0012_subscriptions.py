"""Subscriptions by e-mail, and destinations that name topics.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("destination", sa.Column("by_topic", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "destination_topic",
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=140), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_destination_topic_destination_id")
        ),
        sa.PrimaryKeyConstraint("destination_id", "topic", name=op.f("pk_destination_topic")),
    )
    op.create_index(op.f("ix_destination_topic_topic"), "destination_topic", ["topic"])
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("lettered_at", UtcDateTime(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_subscription_destination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_subscription_address_hash")),
        sa.UniqueConstraint("destination_id", name=op.f("uq_subscription_destination_id")),
    )
    op.create_index(op.f("ix_subscription_asked_at"), "subscription", ["asked_at"])


def downgrade():
    op.drop_index(op.f("ix_subscription_asked_at"), "subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_destination_topic_topic"), "destination_topic")
    op.drop_table("destination_topic")
    with op.batch_alter_table("destination") as batch:
        batch.drop_column("by_topic")
