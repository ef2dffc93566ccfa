"""Finds a situation by any word that an officer under stress may type, accents and case aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.message_maps.model import TEXT_PART, Message, Situation
from hub.message_maps.wording import bare

MAX_QUERY = 200
_WORD = re.compile(r"[^\W_]+")
# Where a word is found decides the order of the results.
_TITLE, _SYNONYM, _MESSAGE, _TEXT = 8, 6, 3, 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A situation that was found.

    ``messages`` are those whose title or text holds all words; empty when the situation itself was meant.
    """

    situation: Situation
    score: int
    messages: tuple[Message, ...]


def search(situations: Iterable[Situation], query: str, language: str) -> list[Hit]:
    """The situations in which every word of the query begins a word, best first.

    Titles weigh more than synonyms, synonyms more than the messages' titles and texts. An empty query finds everything.
    """
    wanted = list(dict.fromkeys(_WORD.findall(_fold(query[:MAX_QUERY]))))
    hits = [hit for situation in situations if (hit := _match(situation, wanted, language))]
    return sorted(hits, key=lambda hit: -hit.score)


def _match(situation: Situation, wanted: list[str], language: str) -> Hit | None:
    fields = [(_TITLE, situation.title.get(language, "")), (_TITLE, situation.id)]
    fields += [(_SYNONYM, word) for word in situation.synonyms.get(language, ())]
    fields += [(_SYNONYM, word) for word in situation.hazard.get(language, ())]
    score, rest = 0, []
    heads = [(weight, _fold(text)) for weight, text in fields]
    for word in wanted:
        best = max((weight for weight, text in heads if _begins(text, word)), default=0)
        score += best
        if not best:
            rest.append(word)
    if not rest:
        return Hit(situation, score, ())
    found: list[Message] = []
    best_message = 0
    for message in situation.messages:
        weight = _message_weight(message, rest, language)
        if weight:
            found.append(message)
            best_message = max(best_message, weight)
    return Hit(situation, score + best_message, tuple(found)) if found else None


def _message_weight(message: Message, words: list[str], language: str) -> int:
    title = _fold(message.title.get(language, ""))
    if all(_begins(title, word) for word in words):
        return _MESSAGE
    text = f"{title} {_fold(' '.join(_texts(message, language)))}"
    return _TEXT if all(_begins(text, word) for word in words) else 0


def _texts(message: Message, language: str) -> Iterator[str]:
    for form in ("sms", "long"):
        parts = message.variants.get(form, {}).get(language, {})
        if TEXT_PART in parts:
            yield "".join(
                piece for segment in parts[TEXT_PART].segments for piece in segment.pieces if isinstance(piece, str)
            )


def _begins(text: str, word: str) -> bool:
    place = text.find(word)
    while place > 0 and text[place - 1].isalnum():
        place = text.find(word, place + 1)
    return place >= 0


def _fold(text: str) -> str:
    return bare(text).lower().replace("œ", "oe").replace("æ", "ae")
