"""Planned sends, and when somebody last looked whether one is due.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "planned_send",
        sa.Column("identifier", sa.String(length=32), nullable=False),
        sa.Column("planned_for", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("headline", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sent_as", sa.String(length=32), nullable=True),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("planned_by_kind", sa.String(length=20), nullable=False),
        sa.Column("planned_by_id", sa.String(length=64), nullable=False),
        sa.Column("planned_by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'sent', 'waiting', 'refused', 'cancelled')", name=op.f("ck_planned_send_state")
        ),
        sa.PrimaryKeyConstraint("identifier", name=op.f("pk_planned_send")),
    )
    op.create_index("ix_planned_send_state", "planned_send", ["state"])
    op.create_table(
        "plan_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_watch")),
    )


def downgrade():
    op.drop_table("plan_watch")
    op.drop_index("ix_planned_send_state", table_name="planned_send")
    op.drop_table("planned_send")
