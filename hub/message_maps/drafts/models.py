"""The tables of working copies: the copy, its earlier revisions, what files brought, and who is looking at what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime
from hub.message_maps.models import ID_LENGTH, NAME_LENGTH, SHA256_HEX

STATE_LENGTH = 10
ACTOR_ID_LENGTH = 64


class MapDraft(Model):
    """The working copy of one situation; at most one, whatever its state.

    ``document`` is JSON in the shape of the map file, texts as typed, sound or not. ``revision`` only grows, also when
    the copy is given up and begun again. ``base_version`` is the version that it was begun from, empty for a new
    situation. ``authors`` are all who changed it since: kind, id and name of each. ``notes`` is what reviewers said.
    """

    __tablename__ = "map_draft"

    situation_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    base_version: Mapped[str] = mapped_column(sa.String(ID_LENGTH))
    document: Mapped[str] = mapped_column(sa.Text)
    revision: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(STATE_LENGTH))
    origin: Mapped[str] = mapped_column(sa.String(STATE_LENGTH))
    authors: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON)
    submitted: Mapped[dict[str, str] | None] = mapped_column(sa.JSON(none_as_null=True))
    notes: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    updated_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MapDraftRevision(Model):
    """What a working copy said at one revision: the common ground when two people have changed it.

    ``packed`` is the document, compressed by zlib to about a tenth: a pause in typing makes a revision.
    """

    __tablename__ = "map_draft_revision"

    situation_id: Mapped[str] = mapped_column(sa.ForeignKey("map_draft.situation_id"), primary_key=True)
    revision: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    packed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MapShipped(Model):
    """What the hub knows of one map file. ``digest`` is that of the newest content that it has seen.

    ``landed`` is the content that was last published or laid down as a draft, ``waiting`` one that could not be laid
    down yet, because the town was editing its own.
    """

    __tablename__ = "map_shipped"

    situation_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(SHA256_HEX))
    landed: Mapped[str] = mapped_column(sa.Text)
    waiting: Mapped[str | None] = mapped_column(sa.Text)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MapPresence(Model):
    """Who last had which message of a working copy open; ``message_id`` is empty for its structure."""

    __tablename__ = "map_presence"

    situation_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    message_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    officer_id: Mapped[str] = mapped_column(sa.String(ACTOR_ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
