"""How Alembic reaches the hub's database: through the application, so that the settings are the only source."""

from alembic import context
from flask import current_app

from hub.kernel.db import UtcDateTime, db


def render_item(kind, item, autogen_context):
    """Writes our moment type by its import, so that a migration reads like the models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from hub.kernel.db import UtcDateTime")
        return "UtcDateTime()"
    return False


def include_object(_item, name, kind, *_):
    """What cannot be compared: an index over an expression, and the full-text table that each engine has of its own."""
    return (kind, name) != ("index", "ix_delivery_due") and not (kind == "table" and name.startswith("register_words"))


def run_migrations():
    options = current_app.extensions["migrate"].configure_args | {
        "render_item": render_item,
        "include_object": include_object,
    }
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
