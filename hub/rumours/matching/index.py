"""An index of short texts in memory, and the texts most like a given one.

Candidates come from the rarest words first, up to a budget of postings, so that a query costs the same among ten
thousand texts and among a million; only the best of them are compared word by word. A text can be added or taken away
at any time, and counts at once.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from hub.rumours.matching.words import cleaned, grams, stems

# How many entries of the word lists are looked at. On real posts 3,000 lose nothing of bm25 over all words; `make
# bench` uses a small vocabulary, in which every word is common, and needs more for the same.
STEM_BUDGET = 10_000
GRAM_BUDGET = 4000
# How many candidates are compared by all their words, and how many of those letter by letter.
BY_STEM, BY_GRAM = 120, 40
COMPARED_CLOSELY = 30


@dataclass(frozen=True, slots=True)
class Match:
    """A group (a rumour) and the text of it that is most alike. ``similarity`` is between 0 and 1."""

    group: str
    text: str
    similarity: float


class Postings:
    """For each term the texts that hold it, oldest first."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lists: list[array[int]] = []

    def add(self, document: int, terms: Iterable[str]) -> None:
        """Notes which terms a new text holds."""
        for term in terms:
            number = self._numbers.setdefault(term, len(self._lists))
            if number == len(self._lists):
                self._lists.append(array("I"))
            self._lists[number].append(document)

    def count(self, term: str) -> int:
        """How many texts hold the term, or ever held it."""
        number = self._numbers.get(term)
        return 0 if number is None else len(self._lists[number])

    def candidates(self, weights: Mapping[str, float], budget: int) -> tuple[np.ndarray, np.ndarray]:
        """The texts that hold the rarest of some terms, and what these terms weigh together in each."""
        lists, weighed = [], []
        for term in sorted(weights, key=lambda term: (self.count(term), term)):
            number = self._numbers.get(term)
            if number is None:
                continue
            # A common term on its own: the newest texts that hold it are those that people speak of now.
            taken = np.array(self._lists[number][-budget:], dtype=np.uint32)
            lists.append(taken)
            weighed.append(np.full(len(taken), weights[term]))
            budget -= len(taken)
            if budget <= 0:
                break
        if not lists:
            return np.empty(0, dtype=np.uint32), np.empty(0)
        found, places = np.unique(np.concatenate(lists), return_inverse=True)
        return found, np.bincount(places, weights=np.concatenate(weighed))


class Index:
    """Texts in groups. Not safe for use by two threads at once: see `hub.rumours.matching.matcher`."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._clean: list[str] = []
        self._groups: list[str] = []
        self._alive = bytearray()
        self._lengths = array("f")
        self._of_group: defaultdict[str, list[int]] = defaultdict(list)
        self._stems, self._grams = Postings(), Postings()

    def __len__(self) -> int:
        return sum(self._alive)

    def add(self, group: str, text: str) -> None:
        """Adds a text to a group. A text without a single letter is left out."""
        clean = cleaned(text)
        if not clean:
            return
        document = len(self._texts)
        self._texts.append(text)
        self._clean.append(clean)
        self._groups.append(group)
        self._alive.append(1)
        self._lengths.append(len(clean) + 1)
        self._of_group[group].append(document)
        # In an order that does not depend on the process, so that two hosts build the same index.
        self._stems.add(document, dict.fromkeys(stems(clean)))
        self._grams.add(document, dict.fromkeys(grams(clean)))

    def remove(self, group: str) -> None:
        """Takes all texts of a group away."""
        for document in self._of_group.pop(group, ()):
            self._alive[document] = 0
            self._texts[document] = self._clean[document] = ""

    def replace(self, group: str, texts: Iterable[str]) -> None:
        """Gives a group these texts and no others; each once."""
        texts = list(dict.fromkeys(texts))
        if [self._texts[document] for document in self._of_group.get(group, ())] == texts:
            return
        self.remove(group)
        for text in texts:
            self.add(group, text)

    def nearest(self, text: str, count: int) -> list[Match]:
        """The groups with the texts most like this one, most alike first; at most ``count``."""
        clean = cleaned(text)
        by_stem = self._weights(self._stems, stems(clean))
        by_gram = self._weights(self._grams, grams(clean))
        if not by_gram:
            return []
        scored = [
            (_cosine(by_stem, self._weights(self._stems, stems(self._clean[document]))), document)
            for document in self._candidates(by_stem, by_gram)
        ]
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        best: dict[str, Match] = {}
        for likeness, document in scored[:COMPARED_CLOSELY]:
            closely = _cosine(by_gram, self._weights(self._grams, grams(self._clean[document])))
            match = Match(self._groups[document], self._texts[document], (likeness + closely) / 2)
            known = best.get(match.group)
            if known is None or match.similarity > known.similarity:
                best[match.group] = match
        return sorted(best.values(), key=lambda match: (-match.similarity, match.group))[:count]

    def _weights(self, postings: Postings, terms: list[str]) -> dict[str, float]:
        """TF-IDF of the terms of one text, as `sklearn` has it by default: smoothed, so that no weight is zero."""
        whole = len(self._texts) + 1
        return {
            term: times * (math.log(whole / (postings.count(term) + 1)) + 1) for term, times in Counter(terms).items()
        }

    def _candidates(self, by_stem: Mapping[str, float], by_gram: Mapping[str, float]) -> list[int]:
        chosen: dict[int, None] = {}
        lengths = np.frombuffer(self._lengths, dtype=np.float32)
        for postings, weights, budget, count in (
            (self._stems, by_stem, STEM_BUDGET, BY_STEM),
            # Letters find what is misspelt, and other languages.
            (self._grams, by_gram, GRAM_BUDGET, BY_GRAM),
        ):
            found, weighed = postings.candidates(weights, budget)
            if not len(found):
                continue
            # Long texts hold many words by chance.
            likely = weighed / np.sqrt(lengths[found])
            best = np.argsort(-likely, kind="stable")[: 2 * count]
            alive = (int(found[place]) for place in best if self._alive[found[place]])
            chosen.update(dict.fromkeys(islice(alive, count)))
        del lengths  # an array that is looked into cannot grow
        return list(chosen)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if not one or not other:
        return 0.0
    product = sum(weight * other[term] for term, weight in one.items() if term in other)
    if not product:
        return 0.0
    return product / math.sqrt(sum(weight**2 for weight in one.values()) * sum(weight**2 for weight in other.values()))
