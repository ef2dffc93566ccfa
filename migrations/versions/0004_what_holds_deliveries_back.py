"""What holds deliveries back: broken hosts, and the pace of channels and hosts.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "circuit",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("open_until", UtcDateTime(), nullable=True),
        sa.Column("probe_token", sa.String(length=32), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_circuit")),
    )
    op.create_table(
        "rate_bucket",
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("per_minute", sa.Double(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("refilled_at", UtcDateTime(), nullable=False),
        sa.Column("slowed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_rate_bucket")),
    )


def downgrade():
    op.drop_table("rate_bucket")
    op.drop_table("circuit")
