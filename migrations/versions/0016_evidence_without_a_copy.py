"""Evidence whose page could not be copied: why, and when it was last tried.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("rumour_evidence", sa.Column("no_copy", sa.Text(), nullable=True))
    op.add_column("rumour_evidence", sa.Column("tried_at", UtcDateTime(), nullable=True))


def downgrade():
    op.drop_column("rumour_evidence", "tried_at")
    op.drop_column("rumour_evidence", "no_copy")
