"""The tables of imports: files that wait for their confirmation, and what mind-maps had besides the maps."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime
from hub.message_maps.models import ID_LENGTH, NAME_LENGTH

TOKEN_LENGTH = 32
ACTOR_ID_LENGTH = 64


class MapUpload(Model):
    """A file between its preview and its confirmation. Each officer has one at most; a new one replaces it."""

    __tablename__ = "map_upload"

    officer_id: Mapped[str] = mapped_column(sa.String(ACTOR_ID_LENGTH), primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(TOKEN_LENGTH), unique=True)
    filename: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class MapKept(Model):
    """What an imported mind-map had beside a situation's content: JSON, place -> XML and attributes.

    It is written out again with the next mind-map. ``situation_id`` is empty for the catalogue above the situations.
    """

    __tablename__ = "map_kept"

    situation_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    content: Mapped[str] = mapped_column(sa.Text)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
