"""How often one line of the network did something, for all processes together.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "taken_share",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_taken_share")),
    )
    op.create_index(op.f("ix_taken_share_until"), "taken_share", ["until"])


def downgrade():
    op.drop_table("taken_share")
