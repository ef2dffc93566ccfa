"""Intake of reports: what tells a report that comes again from another one.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("report") as batch:
        batch.add_column(sa.Column("request_hash", sa.String(length=64), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("report") as batch:
        batch.drop_column("request_hash")
