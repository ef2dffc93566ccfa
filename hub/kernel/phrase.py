"""Sentences for people that are written in one place and translated in another.

Features know no web framework, so they cannot call a request's translator. They say what they mean as a
`Phrase`; the surface that shows it (page, command line, API) puts it into its reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any


class Phrase:
    """One translatable English sentence with named parameters.

    The first argument must be a literal, because the catalogue extractor (``pybabel -k Phrase``) reads the source.
    Parameters use the ``%(name)s`` form. A parameter may itself be a `Phrase`.

    >>> str(Phrase("%(field)s is missing", field="commune"))
    'commune is missing'
    """

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, /, **params: Any) -> None:
        self.msgid = msgid
        self.params = MappingProxyType(params)

    def translated(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of ``translate`` (a gettext function)."""
        pattern = translate(self.msgid)
        if not self.params:
            return pattern
        values = {
            name: value.translated(translate) if isinstance(value, Phrase) else value
            for name, value in self.params.items()
        }
        return pattern % values

    def __str__(self) -> str:
        return self.translated(str)

    def __repr__(self) -> str:
        return f"Phrase({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.msgid, self.params) == (other.msgid, other.params)

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted((name, str(value)) for name, value in self.params.items()))))
