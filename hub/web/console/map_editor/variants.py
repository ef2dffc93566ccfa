"""The texts of one message in the editor: nine forms, each in every language, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.kernel.phrase import Phrase
from hub.message_maps.drafts.diff import Piece, words
from hub.message_maps.model import CAP_PARTS, FORMS
from hub.web.console.map_editor.fields import Form, Unit, unix_lines
from hub.web.console.texts import FORMS as FORM_NAMES

OWN, NONE, SAME = "own", "none", "same:"
TEXT, MODE = "t.", "mode."
PAGE, PARTED = "led", "cap"
# What may borrow a text, and lend one: forms of one text each.
BORROWING = tuple(form for form in FORMS if form not in {PAGE, PARTED, "simplified", "voice"})
CAP_LABELS = {
    "headline": Phrase("Headline"),
    "description": Phrase("Description"),
    "instruction": Phrase("Instruction"),
}
_ROWS = {"headline": 2, "sms": 5, "led": 2, "x": 4, "bluesky": 4}
_MANY_ROWS = 8


@dataclass(frozen=True, slots=True)
class Box:
    """One text area. ``theirs``: what someone else made of the text, word by word against this one."""

    name: str
    label: Phrase
    value: str
    rows: int
    theirs: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A form in one language: its text areas, none where it borrows; ``id`` is where its findings are shown."""

    language: str
    id: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class FormBox:
    """One form of the message; ``mode`` is ``own``, ``none`` or ``same:`` and the form that lends its text."""

    form: str
    label: Phrase
    mode: str
    lenders: tuple[tuple[str, Phrase], ...]
    columns: tuple[Column, ...]


def boxes(unit: Unit, languages: Sequence[str], theirs: Unit | None = None) -> list[FormBox]:
    """The texts of a message as the page shows them."""
    variants = _variants(unit)
    found = []
    for form in FORMS:
        entry = variants.get(form)
        mode = _mode(entry)
        columns = tuple(
            Column(
                language,
                f"said-{form}-{language}",
                tuple(_boxes(form, language, entry, _variants(theirs).get(form) if theirs is not None else entry))
                if mode == OWN
                else (),
            )
            for language in languages
        )
        lenders = tuple((other, FORM_NAMES[other]) for other in BORROWING if other != form and form in BORROWING)
        found.append(FormBox(form, FORM_NAMES[form], mode, lenders, columns))
    return found


def taken(unit: Unit, form: Form, languages: Sequence[str]) -> Unit:
    """A copy of a message with the texts of the form. What the form does not hold stays as it is."""
    before = _variants(unit)
    after: dict[str, Any] = {}
    for name in FORMS:
        entry = _entry(name, before, form, languages)
        if entry is not None:
            after[name] = entry
    after |= {name: entry for name, entry in before.items() if name not in FORMS}
    return {**unit, "variants": after}


def _entry(name: str, before: Unit, form: Form, languages: Sequence[str]) -> Any:
    mode = form.get(MODE + name)
    entry = before.get(name)
    if mode is None:
        return entry
    if mode == NONE:
        return None
    if mode.startswith(SAME):
        return {"same_as": mode.removeprefix(SAME)}
    if not isinstance(entry, dict) or "same_as" in entry:
        lender = before.get(entry["same_as"]) if isinstance(entry, dict) else None
        entry = dict(lender) if isinstance(lender, dict) and "same_as" not in lender else {}
    typed = {language: _typed(name, language, form) for language in languages}
    return {**entry, **{language: text for language, text in typed.items() if text is not None}}


def _typed(name: str, language: str, form: Form) -> Any:
    start = f"{TEXT}{name}.{language}"
    if name == PARTED:
        parts = {part: form.get(f"{start}.{part}") for part in CAP_PARTS}
        return {part: unix_lines(text) for part, text in parts.items() if text is not None} or None
    if name == PAGE:
        numbers = sorted(
            int(key.rpartition(".")[2])
            for key in form
            if key.startswith(f"{start}.") and key.rpartition(".")[2].isdecimal()
        )
        pages = [unix_lines(form[f"{start}.{number}"]) for number in numbers]
        return [page for page in pages if page.strip()] if numbers else None
    text = form.get(start)
    return None if text is None else unix_lines(text)


def _boxes(form: str, language: str, entry: Any, theirs: Any) -> list[Box]:
    mine, others = _parts(form, language, entry), _parts(form, language, theirs)
    found = []
    for name, label in _names(form, max(len(mine), len(others))):
        text, other = mine.get(name, ""), others.get(name, "")
        address = ".".join(filter(None, (f"{TEXT}{form}.{language}", name)))
        difference = () if text == other else words(other, text)
        found.append(Box(address, label, text, _ROWS.get(name) or _ROWS.get(form, _MANY_ROWS), difference))
    return found


def _names(form: str, pages: int) -> list[tuple[str, Phrase]]:
    if form == PARTED:
        return list(CAP_LABELS.items())
    if form == PAGE:
        # One more than there are, so that a page can be added without a script.
        return [(str(number), Phrase("Page %(number)s", number=number)) for number in range(1, pages + 2)]
    return [("", FORM_NAMES[form])]


def _parts(form: str, language: str, entry: Any) -> dict[str, str]:
    value = entry.get(language) if isinstance(entry, dict) else None
    if form == PARTED and isinstance(value, dict):
        return {part: str(text) for part, text in value.items()}
    if form == PAGE and isinstance(value, list):
        return {str(number): str(page) for number, page in enumerate(value, 1)}
    return {"": str(value)} if isinstance(value, str) and form not in {PARTED, PAGE} else {}


def _mode(entry: Any) -> str:
    if entry is None:
        return NONE
    return SAME + str(entry["same_as"]) if isinstance(entry, dict) and "same_as" in entry else OWN


def _variants(unit: Unit | None) -> Unit:
    variants = unit.get("variants") if unit else None
    return variants if isinstance(variants, dict) else {}
