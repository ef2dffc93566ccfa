"""What the linter says of the versions in force, kept beside them.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "map_judged",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "terms", name=op.f("pk_map_judged")),
    )


def downgrade():
    op.drop_table("map_judged")
