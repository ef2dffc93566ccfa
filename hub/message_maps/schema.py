"""Reads typed fields out of a YAML tree; says what would be right for each field that is wrong, and goes on.

A wrong field gets a harmless value in its place, so that one run finds every fault of the file. A file with a fault is
never used.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from hub.kernel.phrase import Phrase
from hub.message_maps.yaml_tree import Listing, MapFault, Mapping, Node, Scalar

Word = TypeVar("Word", bound=StrEnum)

# C0 and C1 controls but line feed, and what XML, and so CAP, cannot hold: they come in through escapes such as "\x07".
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"-?\d{1,9}")
_LANGUAGE = re.compile(r"[a-z]{2}")


class Faults:
    """Collects the faults of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[MapFault] = []

    def at(self, node: Node, phrase: Phrase) -> None:
        """Something is wrong at a node."""
        self.found.append(MapFault(self.file, node.line, node.column, phrase))

    def report(self, line: int, column: int, phrase: Phrase) -> None:
        """Something is wrong at a line and column (from 1)."""
        self.found.append(MapFault(self.file, line, column, phrase))


class Fields:
    """The fields of one mapping node. ``what`` names it in the faults."""

    def __init__(
        self, faults: Faults, node: Node, what: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> None:
        self.faults = faults
        self.node = node
        self.what = what
        self.entries: dict[str, Node] = {}
        required, optional = tuple(required), tuple(optional)
        if not isinstance(node, Mapping):
            keys = ", ".join(required or optional)
            faults.at(node, Phrase("%(what)s: expected keys and values (%(keys)s)", what=what, keys=keys))
            return
        known = required + optional
        for key, value in node.entries.items():
            if key in known:
                self.entries[key] = value
            else:
                faults.report(*node.places[key], unknown(what, key, known))
        for key in required:
            if key not in node.entries:
                faults.at(node, Phrase("%(what)s: `%(key)s` is missing", what=what, key=key))

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def text(self, key: str, pattern: re.Pattern[str] | None = None, right: str = "") -> str:
        """A text of one or more characters, matching ``pattern`` if there is one; ``right`` is a good example."""
        node = self.entries.get(key)
        if node is None:
            return ""
        text = plain_text(self.faults, node, self.of(key))
        if text and pattern and not pattern.fullmatch(text):
            self.wrong(key, Phrase("a word such as `%(word)s`", word=right), text)
            return ""
        return text

    def integer(self, key: str, lowest: int, highest: int) -> int:
        """A whole number within bounds."""
        node = self.entries.get(key)
        if node is None:
            return lowest
        text = node.value if isinstance(node, Scalar) else ""
        if not _INTEGER.fullmatch(text) or not lowest <= int(text) <= highest:
            right = Phrase("a whole number from %(lowest)s to %(highest)s", lowest=lowest, highest=highest)
            self.wrong(key, right, text)
            return lowest
        return int(text)

    def word(self, key: str, words: type[Word]) -> Word:
        """One word of a closed list."""
        fallback = next(iter(words))
        node = self.entries.get(key)
        return fallback if node is None else one_word(self.faults, node, self.of(key), words) or fallback

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """A list of words of a closed list, at least one."""
        found = [one_word(self.faults, node, self.of(key), words) for node in self.listing(key)]
        return tuple(word for word in found if word is not None)

    def flag(self, key: str, *, default: bool) -> bool:
        """``true`` or ``false``."""
        node = self.entries.get(key)
        if node is None:
            return default
        text = node.value if isinstance(node, Scalar) and node.plain else ""
        if text not in {"true", "false"}:
            self.wrong(key, Phrase("true or false"), text)
        return text == "true"

    def day(self, key: str) -> date:
        """A date, YYYY-MM-DD."""
        node = self.entries.get(key)
        text = node.value if isinstance(node, Scalar) else ""
        try:
            return date.fromisoformat(text)
        except ValueError:
            if node is not None:
                self.wrong(key, Phrase("a date such as 2026-11-20"), text)
            return date.min

    def listing(self, key: str) -> list[Node]:
        """The nodes of a list, at least one."""
        node = self.entries.get(key)
        if node is None:
            return []
        if not isinstance(node, Listing) or not node.items:
            self.wrong(key, Phrase("a list with at least one entry, such as [a, b]"), "")
            return []
        return node.items

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, at least one."""
        return tuple(plain_text(self.faults, node, self.of(key)) for node in self.listing(key))

    def pairs(self, key: str) -> dict[str, Node]:
        """The entries of a mapping, at least one."""
        node = self.entries.get(key)
        if node is None:
            return {}
        if not isinstance(node, Mapping) or not node.entries:
            self.wrong(key, Phrase("keys and values"), "")
            return {}
        return node.entries

    def by_language(self, key: str, languages: Iterable[str]) -> dict[str, Node]:
        """Language code -> node; every mandatory language must be there."""
        entries = self.pairs(key)
        for language in languages:
            if entries and language not in entries:
                self.faults.at(
                    self.entries[key],
                    Phrase("%(what)s: the language `%(language)s` is missing", what=self.of(key), language=language),
                )
        found = {}
        for language, node in entries.items():
            if _LANGUAGE.fullmatch(language):
                found[language] = node
            else:
                self.faults.at(
                    node,
                    Phrase("%(what)s: `%(language)s` is no language code", what=self.of(key), language=language),
                )
        return found

    def localized(self, key: str, languages: Iterable[str]) -> dict[str, str]:
        """A text per language."""
        return {
            language: plain_text(self.faults, node, self.of(key))
            for language, node in self.by_language(key, languages).items()
        }

    def of(self, key: str) -> str:
        """The name of a field in a fault."""
        return f"{self.what}, {key}"

    def wrong(self, key: str, right: Phrase, found: str) -> None:
        """A field holds something else than it should."""
        node = self.entries.get(key, self.node)
        if found:
            phrase = Phrase(
                "%(what)s: expected %(right)s, found `%(found)s`", what=self.of(key), right=right, found=shorten(found)
            )
        else:
            phrase = Phrase("%(what)s: expected %(right)s", what=self.of(key), right=right)
        self.faults.at(node, phrase)


def plain_text(faults: Faults, node: Node, what: str) -> str:
    """The text of a node; empty, null, or with control characters is a fault."""
    if not isinstance(node, Scalar):
        faults.at(node, Phrase("%(what)s: expected a text; put it in quotes if it holds : or { or [", what=what))
        return ""
    if not node.value.strip():
        faults.at(node, Phrase("%(what)s: the text is empty", what=what))
        return ""
    if _CONTROL.search(node.value):
        faults.at(node, Phrase("%(what)s: the text holds a control character; delete it", what=what))
        return ""
    return node.value


def one_word(faults: Faults, node: Node, what: str, words: type[Word]) -> Word | None:
    """One word of a closed list, or a fault that names the nearest."""
    text = node.value if isinstance(node, Scalar) else ""
    try:
        return words(text)
    except ValueError:
        choices = tuple(word.value for word in words)
        near = suggest(text, choices)
        faults.at(
            node,
            Phrase(
                "%(what)s: `%(found)s` is not one of %(choices)s%(near)s",
                what=what,
                found=shorten(text),
                choices=", ".join(choices),
                near=near,
            ),
        )
        return None


def unknown(what: str, name: str, known: Iterable[str]) -> Phrase:
    """A name that means nothing here, with the nearest that does."""
    known = tuple(known)
    return Phrase(
        "%(what)s: `%(name)s` is unknown%(near)s; known are %(known)s",
        what=what,
        name=shorten(name),
        near=suggest(name, known),
        known=", ".join(known) or "-",
    )


def suggest(name: str, known: Iterable[str]) -> Phrase | str:
    """``; did you mean ...?`` when something near is known, else nothing."""
    near = difflib.get_close_matches(name[:60], tuple(known), n=1)
    return Phrase("; did you mean `%(near)s`?", near=near[0]) if near else ""


def shorten(text: str, limit: int = 40) -> str:
    """A text short enough to be quoted in a sentence."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
