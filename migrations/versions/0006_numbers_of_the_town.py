"""The town's register of telephone numbers, and the text of an alert in simple words.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "town_number",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.JSON(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_town_number")),
    )
    # Alerts of earlier releases have no such text.
    op.add_column("alert", sa.Column("simplified", sa.JSON(), server_default="{}", nullable=False))


def downgrade():
    op.drop_column("alert", "simplified")
    op.drop_table("town_number")
