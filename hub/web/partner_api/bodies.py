"""Reading request bodies: one JSON object that means one thing to every reader, and text that a database can keep.

Seen on this stack before these rules: 100,000 nested arrays ended in a 500, ``NaN`` and ``1e999`` were taken, of
duplicate members the last one won in silence, NUL and lone surrogates reached the database driver.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.web.errors import UnreadableBody, WrongContentType

JSON = "application/json"
DEEPEST = 16  # a polygon in a feature of a GeoJSON collection is 9 deep
LARGEST_INTEGER = 2**53  # beyond it other readers of JSON (RFC 8259, section 6) already see another number

# marshmallow's own words, in ours. It knows no catalogue.
WORDS: Mapping[str, Phrase] = {
    "Missing data for required field.": Phrase("This field is missing."),
    "Unknown field.": Phrase("There is no such field."),
    "Field may not be null.": Phrase("This field may not be null."),
    "Not a valid string.": Phrase("Give a text."),
    "Not a valid boolean.": Phrase("Give true or false."),
    "Not a valid list.": Phrase("Give a list."),
    "Not a valid mapping type.": Phrase("Give an object."),
    "Invalid input type.": Phrase("Give an object."),
    "Not a valid aware datetime.": Phrase("Give a moment with its offset, such as 2026-11-21T16:40:00+00:00."),
    "Not a valid datetime.": Phrase("Give a moment with its offset, such as 2026-11-21T16:40:00+00:00."),
}


class StrictParser(FlaskParser):
    """webargs with our reading of the body and our refusals."""

    def _raw_load_json(self, req: Request) -> Any:
        return read_object(req)

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Turns marshmallow's findings into one refusal that names every field."""
        messages = error.messages_dict
        raise InvalidInput(_faults(messages.get("json", messages))) from error


parser = StrictParser()


def read_object(req: Request) -> dict[str, Any]:
    """The JSON object in the body.

    Raises:
        WrongContentType: it is not called JSON, or it is compressed.
        UnreadableBody: it is no JSON object, or one that is too deep or means two things.
        InvalidInput: a text or a number in it cannot be kept; every such field is named.
    """
    if req.mimetype != JSON or req.headers.get("Content-Encoding", "identity") != "identity":
        raise WrongContentType
    try:
        found = json.loads(
            req.get_data().decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise UnreadableBody(_TOO_DEEP) from None
    except ValueError as error:
        raise UnreadableBody(Phrase("The body is not JSON in UTF-8.")) from error
    if not isinstance(found, dict):
        raise UnreadableBody(Phrase("The body must be a JSON object."))
    faults = list(_unkeepable(found))
    if faults:
        raise InvalidInput(faults)
    return found


_TOO_DEEP = Phrase("The body is nested more than %(count)s levels deep.", count=DEEPEST)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableBody(Phrase("The member %(name)s stands there twice.", name=json.dumps(twice)[:80]))
    return found


def _constant(name: str) -> NoReturn:
    raise UnreadableBody(Phrase("%(name)s is not a number in JSON.", name=name))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnreadableBody(Phrase("%(name)s is too large a number.", name=text[:40]))
    return number


def _unkeepable(found: dict[str, Any]) -> Iterator[Fault]:
    """Walks without recursion: the depth of what came is not ours to choose."""
    waiting: list[tuple[str, int, Any]] = [("", 1, found)]
    while waiting:
        path, depth, value = waiting.pop()
        if depth > DEEPEST:
            raise UnreadableBody(_TOO_DEEP)
        if isinstance(value, dict):
            for name, inner in value.items():
                if phrase := _fault_of_text(name):
                    yield Fault(path or "body", phrase)
                else:
                    waiting.append((f"{path}.{name}" if path else name, depth + 1, inner))
        elif isinstance(value, list):
            waiting += ((f"{path}.{place}", depth + 1, inner) for place, inner in enumerate(value))
        elif isinstance(value, str) and (phrase := _fault_of_text(value)):
            yield Fault(path, phrase)
        elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            yield Fault(path, Phrase("This number is too large."))


def _fault_of_text(text: str) -> Phrase | None:
    if "\x00" in text:
        return Phrase("The text contains the character NUL.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return Phrase("The text contains half of a character (a lone surrogate).")
    return None


def _faults(messages: Any, path: str = "") -> list[Fault]:
    if isinstance(messages, Mapping):
        if messages and path and set(messages) <= {"key", "value"}:
            # What is wrong with one entry of an object belongs to that entry.
            return [fault for inner in messages.values() for fault in _faults(inner, path)]
        return [
            fault
            for name, inner in messages.items()
            for fault in _faults(inner, f"{path}.{name}" if path and name != "_schema" else str(name) or path)
        ]
    if isinstance(messages, list):
        return [fault for each in messages for fault in _faults(each, path)]
    said = WORDS.get(messages, messages) if isinstance(messages, str) else messages
    phrase = said if isinstance(said, Phrase) else Phrase("%(message)s", message=said)
    return [Fault("body" if path == "_schema" else path, phrase)]
