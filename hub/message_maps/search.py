"""Finds situations and messages by any word that an officer under stress may type, accents and case aside.

Every situation gets one index of its words, made when it is first searched and kept as long as that very situation is
in use. A query then only looks words up; no text is read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hub.message_maps.model import Message, Situation
from hub.message_maps.remembered import Remembered
from hub.message_maps.search_words import fold, literal, words_of

MAX_QUERY = 200
# A posting is the number of a document and, in its low bits, where in it the word stands.
_FIELD_BITS = 10
_FIELD_MASK = (1 << _FIELD_BITS) - 1
# Whatever sign a word may go on with sorts before this one.
_AFTER_ALL = "\U0010ffff"

# The places of a situation's own words, and of a message's beside its forms.
NAME, ID, SYNONYM, HAZARD, TITLE = "name", "id", "synonym", "hazard", "title"
# Where a word is found decides the order of the results: in the reader's language, and in another one.
_WEIGHTS = {NAME: (8, 4), ID: (8, 8), SYNONYM: (6, 3), HAZARD: (6, 3), TITLE: (4, 3)}
_TEXT = (2, 1)


class Place(NamedTuple):
    """Where a word stands.

    ``part`` is ``name``, ``id``, ``synonym`` or ``hazard`` of a situation, ``title`` or a form of a message. The
    language of an id is empty.
    """

    part: str
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    """A message whose title or texts hold all words, and where the least expected of them stands."""

    message: Message
    place: Place


@dataclass(frozen=True, slots=True)
class Hit:
    """A situation that was found, and where.

    ``messages`` are those whose title or text holds the words that the situation's own lack, best first; empty when the
    situation itself was meant (``place`` then says where), or when nothing was asked.
    """

    situation: Situation
    score: int
    found: tuple[Found, ...] = ()
    place: Place | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages alone."""
        return tuple(each.message for each in self.found)


def search(situations: Iterable[Situation], query: str, language: str) -> list[Hit]:
    """The situations in which every word of the query begins a word, best first.

    Titles weigh more than synonyms, synonyms more than the messages' titles and texts, and all weigh more in
    ``language`` than in another one. An empty query finds everything.
    """
    wanted = list(dict.fromkeys(words_of(fold(query[:MAX_QUERY]))))
    if not wanted:
        return [Hit(situation, 0) for situation in situations]
    hits = [hit for situation in situations if (hit := _match(_indexes.of(situation), wanted, language))]
    return sorted(hits, key=lambda hit: -hit.score)


class Index:
    """The words of one situation in all its languages, sorted, and where each of them stands.

    Document 0 is the situation itself, 1 its first message, and so on.
    """

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        numbers: dict[Place, int] = {}
        postings: dict[str, list[int]] = {}
        for document, fields in enumerate(_documents(situation)):
            for place, words in fields:
                number = numbers.setdefault(place, len(numbers))
                posting = document << _FIELD_BITS | number
                for word in words:
                    postings.setdefault(word, []).append(posting)
        self.places = list(numbers)
        self.words = sorted(postings)
        self.postings = [tuple(postings[word]) for word in self.words]
        self._weights: dict[str, list[int]] = {}

    def lookup(self, word: str, weights: list[int]) -> dict[int, int]:
        """Document -> place of the heaviest word that begins with ``word``."""
        best: dict[int, int] = {}
        first = bisect_left(self.words, word)
        for position in range(first, bisect_left(self.words, word + _AFTER_ALL, first)):
            for posting in self.postings[position]:
                document, place = posting >> _FIELD_BITS, posting & _FIELD_MASK
                known = best.get(document)
                if known is None or weights[place] > weights[known]:
                    best[document] = place
        return best

    def weights(self, language: str) -> list[int]:
        """What a word counts at each place for a reader of ``language``."""
        if language not in self._weights:
            self._weights[language] = [_weight(place, language) for place in self.places]
        return self._weights[language]


def _weight(place: Place, language: str) -> int:
    return _WEIGHTS.get(place.part, _TEXT)[place.language not in {"", language}]


def _match(index: Index, wanted: list[str], language: str) -> Hit | None:
    weights = index.weights(language)
    score, head, rest = 0, None, []
    for word in wanted:
        found = index.lookup(word, weights)
        if 0 in found:
            score += weights[found[0]]
            head = index.places[found[0]] if head is None else head
        elif found:
            rest.append(found)
        else:
            return None
    if not rest:
        return Hit(index.situation, score, place=head)
    held = []
    for document in set(rest[0]).intersection(*rest[1:]):
        lightest = min((found[document] for found in rest), key=lambda place: weights[place])
        held.append((-weights[lightest], document, lightest))
    if not held:
        return None
    held.sort()
    messages = tuple(Found(index.situation.messages[document - 1], index.places[place]) for _, document, place in held)
    return Hit(index.situation, score - held[0][0], messages)


def _documents(situation: Situation) -> Iterator[Iterable[tuple[Place, Iterable[str]]]]:
    yield _head(situation)
    for message in situation.messages:
        yield _fields(message)


def _head(situation: Situation) -> Iterator[tuple[Place, Iterable[str]]]:
    yield Place(ID, ""), words_of(fold(situation.id))
    for language, title in situation.title.items():
        yield Place(NAME, language), words_of(fold(title))
    groups: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
        (SYNONYM, situation.synonyms),
        (HAZARD, situation.hazard),
    )
    for part, languages in groups:
        for language, terms in languages.items():
            yield Place(part, language), words_of(fold(" ".join(terms)))


def _fields(message: Message) -> Iterator[tuple[Place, Iterable[str]]]:
    # A word is kept once for each language of a message, at the first place that holds it: titles before texts.
    seen: dict[str, set[str]] = {}
    for language, title in message.title.items():
        seen[language] = set(words_of(fold(title)))
        yield Place(TITLE, language), seen[language]
    for form, languages in message.variants.items():
        if form in message.same_as:
            continue
        for language, parts in languages.items():
            known = seen.setdefault(language, set())
            words = set(words_of(fold(" ".join(map(literal, parts.values()))))) - known
            known |= words
            yield Place(form, language), words


_indexes = Remembered(Index)
