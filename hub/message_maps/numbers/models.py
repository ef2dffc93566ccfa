"""The table of the register."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model

KEY_LENGTH = 40
NUMBER_LENGTH = 20
NAME_LENGTH = 120


class TownNumber(Model):
    """One number of the town, under the key by which maps name it (``from: number.<key>``).

    ``label`` and ``purpose`` go from language to text; ``number`` is written as texts show it.
    """

    __tablename__ = "town_number"

    key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH), primary_key=True)
    label: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    number: Mapped[str] = mapped_column(sa.String(NUMBER_LENGTH))
    purpose: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    checked_on: Mapped[date] = mapped_column(sa.Date)
    checked_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
