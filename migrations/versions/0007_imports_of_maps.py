"""Map files that wait for their confirmation, and what imported mind-maps had besides the maps.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "map_upload",
        sa.Column("officer_id", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_map_upload")),
        sa.UniqueConstraint("token", name=op.f("uq_map_upload_token")),
    )
    op.create_index("ix_map_upload_uploaded_at", "map_upload", ["uploaded_at"])
    op.create_table(
        "map_kept",
        sa.Column("situation_id", sa.String(length=140), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("situation_id", name=op.f("pk_map_kept")),
    )


def downgrade():
    op.drop_table("map_kept")
    op.drop_index("ix_map_upload_uploaded_at", table_name="map_upload")
    op.drop_table("map_upload")
