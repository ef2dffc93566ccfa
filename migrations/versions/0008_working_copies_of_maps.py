"""Working copies of maps, and how versions came about.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "situation_version", sa.Column("origin", sa.String(length=10), server_default="file", nullable=False)
    )
    op.add_column("situation_version", sa.Column("record", sa.JSON(), nullable=True))
    op.create_table(
        "map_draft",
        sa.Column("situation_id", sa.String(length=140), nullable=False),
        sa.Column("base_version", sa.String(length=140), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("submitted", sa.JSON(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("situation_id", name=op.f("pk_map_draft")),
    )
    op.create_table(
        "map_draft_revision",
        sa.Column("situation_id", sa.String(length=140), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["map_draft.situation_id"], name=op.f("fk_map_draft_revision_situation_id")
        ),
        sa.PrimaryKeyConstraint("situation_id", "revision", name=op.f("pk_map_draft_revision")),
    )
    op.create_table(
        "map_shipped",
        sa.Column("situation_id", sa.String(length=140), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("landed", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("situation_id", name=op.f("pk_map_shipped")),
    )
    op.create_table(
        "map_presence",
        sa.Column("situation_id", sa.String(length=140), nullable=False),
        sa.Column("message_id", sa.String(length=140), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("situation_id", "message_id", "officer_id", name=op.f("pk_map_presence")),
    )


def downgrade():
    op.drop_table("map_presence")
    op.drop_table("map_shipped")
    op.drop_table("map_draft_revision")
    op.drop_table("map_draft")
    with op.batch_alter_table("situation_version") as table:
        table.drop_column("record")
        table.drop_column("origin")
