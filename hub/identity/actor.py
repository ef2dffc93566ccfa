"""Who does something, as it is written down beside the deed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts: ``kind`` is ``officer``, ``partner``, ``command_line`` or ``hub``.

    ``id`` and ``name`` are copied into what was done: they still say who it was after the account is gone.
    """

    kind: str
    id: str
    name: str
