"""The read model of the public register, and its full-text table: FTS5 on SQLite, tsvector on PostgreSQL.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from hub.kernel.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORDS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE register_words USING fts5(words, prefix='2 3', tokenize='unicode61 remove_diacritics 2')",
    ),
    "postgresql": (
        "CREATE TABLE register_words (rowid bigint CONSTRAINT pk_register_words PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_register_words_words ON register_words USING gin (words)",
    ),
}


def upgrade():
    op.create_table(
        "register_entry",
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rumour_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=120), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("first_published", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumour.id"], name=op.f("fk_register_entry_rumour_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rumour_version.id"], name=op.f("fk_register_entry_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("rumour_id", name=op.f("uq_register_entry_rumour_id")),
    )
    op.create_index("ix_register_entry_changed_at", "register_entry", ["changed_at"])
    op.create_index("ix_register_entry_event", "register_entry", ["event_id", "version_id"])
    op.create_index("ix_register_entry_month", "register_entry", ["month", "version_id"])
    op.create_index("ix_register_entry_verdict", "register_entry", ["verdict", "version_id"])
    op.create_table(
        "register_commune",
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["register_entry.version_id"],
            name=op.f("fk_register_commune_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("insee", "version_id", name=op.f("pk_register_commune")),
    )
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    op.execute("DROP TABLE register_words")
    op.drop_table("register_commune")
    op.drop_index("ix_register_entry_verdict", table_name="register_entry")
    op.drop_index("ix_register_entry_month", table_name="register_entry")
    op.drop_index("ix_register_entry_event", table_name="register_entry")
    op.drop_index("ix_register_entry_changed_at", table_name="register_entry")
    op.drop_table("register_entry")
