"""When work that comes round by the clock is due next.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "round",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_round")),
    )


def downgrade():
    op.drop_table("round")
