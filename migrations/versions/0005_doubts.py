"""Doubts: attempts whose outcome is unknown on a channel that can be asked.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "doubt",
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_doubt_delivery_id")),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_doubt")),
    )
    op.create_index("ix_doubt_next_at", "doubt", ["next_at"])


def downgrade():
    op.drop_index("ix_doubt_next_at", table_name="doubt")
    op.drop_table("doubt")
