"""A second factor for officers, and sessions that wait for its code.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("officer", sa.Column("factor", sa.LargeBinary(), nullable=True))
    op.add_column("officer", sa.Column("factor_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("officer_session", sa.Column("code_due", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("officer_session", sa.Column("code_tries", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade():
    op.drop_column("officer_session", "code_tries")
    op.drop_column("officer_session", "code_due")
    op.drop_column("officer", "factor_step")
    op.drop_column("officer", "factor")
