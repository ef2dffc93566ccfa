"""The fields of the editor's forms: what each one is, how a unit of a document fills it, and how it is read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.drafts.diff import Piece, words

# Every field of a unit has this before its path, so that nothing else of a form can be taken for one.
PREFIX = "u."
Unit = dict[str, Any]
Form = MultiDict[str, str]


class Sort(StrEnum):
    """How a field is typed in."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    FLAG = "flag"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Spec:
    """One field of a unit; ``path`` leads to it. ``localized``: one for each language.

    ``choices`` are values with their labels. ``yes`` is what a ticked flag stores, ``no`` what an empty one does;
    ``None`` stores nothing. ``ROWS`` are entries that hold one line in each language: line by line side by side.
    """

    path: tuple[str, ...]
    label: Phrase
    sort: Sort = Sort.LINE
    localized: bool = False
    choices: tuple[tuple[str, Phrase | str], ...] = ()
    hint: Phrase | None = None
    yes: Any = True
    no: Any = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page shows it. ``theirs``: what someone else made of it, word by word against this text."""

    name: str
    label: Phrase
    sort: Sort
    language: str
    value: str
    chosen: tuple[str, ...]
    choices: tuple[tuple[str, Phrase | str], ...]
    hint: Phrase | None
    faults: tuple[Phrase, ...]
    theirs: tuple[Piece, ...]


def shown(
    specs: Sequence[Spec],
    unit: Unit,
    languages: Sequence[str],
    faults: Sequence[Fault] = (),
    theirs: Unit | None = None,
) -> list[Field]:
    """The fields of a unit. ``faults`` are told by their path inside the unit."""
    found = []
    for spec, path, language in _places(specs, languages):
        name = ".".join(path)
        value = _value_at(spec, unit, path)
        text = _text(spec, value)
        other = text if theirs is None else _text(spec, _value_at(spec, theirs, path))
        found.append(
            Field(
                name=PREFIX + name,
                label=spec.label,
                sort=spec.sort,
                language=language,
                value=text,
                chosen=_chosen(spec, value),
                choices=_choices(spec, value),
                hint=spec.hint,
                faults=tuple(fault.phrase for fault in faults if _concerns(spec, name, fault)),
                theirs=() if other == text else words(other, text),
            )
        )
    return found


def taken(specs: Sequence[Spec], unit: Unit, form: Form, languages: Sequence[str]) -> Unit:
    """A copy of a unit with what the form holds. A field that the form lacks stays; an empty one goes."""
    copy: Unit = _copied(unit)
    for spec, path, _language in _places(specs, languages):
        name = PREFIX + ".".join(path)
        if name in form or (spec.sort in {Sort.FLAG, Sort.CHOICES} and f"{name}.asked" in form):
            if spec.sort is Sort.ROWS:
                _set_rows(copy, spec.path, path[-1], unix_lines(form[name]))
            else:
                _set(copy, path, _value(spec, form, name, _at(copy, path)))
    return copy


def unix_lines(text: str) -> str:
    """A text as typed, with the line ends of the map files: browsers send CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _places(specs: Sequence[Spec], languages: Sequence[str]) -> Iterator[tuple[Spec, tuple[str, ...], str]]:
    for spec in specs:
        for language in languages if spec.localized else ("",):
            yield spec, (*spec.path, language) if language else spec.path, language


def _at(unit: Any, path: Sequence[str]) -> Any:
    for step in path:
        unit = unit.get(step) if isinstance(unit, dict) else None
    return unit


def _value_at(spec: Spec, unit: Unit, path: Sequence[str]) -> Any:
    if spec.sort is not Sort.ROWS:
        return _at(unit, path)
    return [row.get(path[-1], "") for row in _rows(_at(unit, spec.path))]


def _rows(value: Any) -> list[Unit]:
    return [dict(row) if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else []


def _set_rows(unit: Unit, path: Sequence[str], language: str, text: str) -> None:
    """Puts lines into the rows of a unit; rows that hold nothing at the end go, those between stay in their places."""
    lines = [line.strip() for line in text.split("\n")]
    rows = _rows(_at(unit, path))
    rows += [{} for _ in range(len(lines) - len(rows))]
    for number, row in enumerate(rows):
        row.pop(language, None)
        if number < len(lines) and lines[number]:
            row[language] = lines[number]
    while rows and not rows[-1]:
        rows.pop()
    _set(unit, path, rows or None)


def _concerns(spec: Spec, name: str, fault: Fault) -> bool:
    place = spec.path[0] if spec.sort is Sort.ROWS else name
    return fault.field == place or fault.field.startswith(f"{place}.")


def _set(unit: Unit, path: Sequence[str], value: Any) -> None:
    if len(path) == 1:
        if value is None:
            unit.pop(path[0], None)
        else:
            unit[path[0]] = value
        return
    inner = unit.get(path[0])
    inner = inner if isinstance(inner, dict) else {}
    _set(inner, path[1:], value)
    if inner:
        unit[path[0]] = inner
    else:
        unit.pop(path[0], None)


def _value(spec: Spec, form: Form, name: str, before: Any) -> Any:
    if spec.sort is Sort.FLAG:
        return spec.yes if name in form else spec.no
    if spec.sort is Sort.CHOICES:
        # The boxes stand in an order of their own: what stays ticked stays where it was.
        ticked, kept = form.getlist(name), before if isinstance(before, list) else []
        return [*(each for each in kept if each in ticked), *(each for each in ticked if each not in kept)] or None
    text = unix_lines(form.get(name, ""))
    if spec.sort is Sort.LINES:
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if spec.sort is Sort.NUMBER and text.strip().isascii() and text.strip().isdecimal():
        return int(text.strip())
    return (text if spec.sort is Sort.TEXT else text.strip()) or None


def _text(spec: Spec, value: Any) -> str:
    if spec.sort is Sort.FLAG:
        return "x" if value == spec.yes else ""
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return "" if value is None else str(value)


def _chosen(spec: Spec, value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return () if value is None else (_text(spec, value),)


def _choices(spec: Spec, value: Any) -> tuple[tuple[str, Phrase | str], ...]:
    """The choices, and what the document holds beside them: a form must not lose what it cannot offer."""
    known = {choice for choice, _ in spec.choices}
    return spec.choices + tuple((each, each) for each in _chosen(spec, value) if each not in known and each)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(member) for key, member in value.items()}
    return [_copied(member) for member in value] if isinstance(value, list) else value
