"""Documents as JSON, complete, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable
from hub.message_maps.exchange.files import Context, Document, Reading, candidate

CATALOGUE_SCHEMA = "tocsin-catalogue/1"
MOST_SITUATIONS = 1000


def write_json(documents: Iterable[Document]) -> bytes:
    """One situation as itself, several as a catalogue; UTF-8 in the order of the documents."""
    documents = list(documents)
    whole = documents[0] if len(documents) == 1 else {"schema": CATALOGUE_SCHEMA, "situations": documents}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(raw: bytes, context: Context) -> Reading:
    """A situation or a catalogue.

    Raises:
        Unreadable: not UTF-8, not JSON, half a character, a key that stands twice, too deep, or neither a situation nor
            a catalogue.
    """
    whole = _parsed(raw)
    if not isinstance(whole, dict):
        raise Unreadable(Phrase("expected one situation, or a catalogue with `situations`"))
    documents = whole.get("situations", [whole])
    if not isinstance(documents, list) or not 0 < len(documents) <= MOST_SITUATIONS:
        raise Unreadable(Phrase("`situations` must be a list of 1 to %(limit)s situations", limit=MOST_SITUATIONS))
    return Reading(tuple(candidate(document, context) for document in documents))


def _parsed(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        if "\\u" in text:
            _refuse_halves(found)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(Phrase("the file is not UTF-8 here; save it as UTF-8"), line) from None
    except json.JSONDecodeError as error:
        phrase = Phrase("this is not JSON: %(problem)s", problem=error.msg)
        raise Unreadable(phrase, error.lineno, error.colno) from None
    except RecursionError:
        raise Unreadable(Phrase("nested too deeply for a map")) from None
    except ValueError:  # a number of more than 4300 digits
        raise Unreadable(Phrase("a number in this file is far too long")) from None
    return found


def _refuse_halves(found: Any) -> None:
    r"""An escape such as ``\ud800`` is half of a character: no page could show it, no database keep it."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Unreadable(Phrase("a text holds half of a character (a lone surrogate)")) from None


def _once(pairs: list[tuple[str, Any]]) -> Document:
    found: Document = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(Phrase("the key `%(key)s` stands twice", key=key.encode(errors="replace").decode()[:40]))
        found[key] = value
    return found


def _no_number(word: str) -> Any:
    raise Unreadable(Phrase("`%(word)s` is no JSON number", word=word))
