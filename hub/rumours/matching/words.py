"""What of a text counts when two are compared: cleaned words, French stems, runs of four letters.

Measured by the project on 1,321 French posts against 978 claims: TF-IDF over French stems without stop words finds the
claim first in 72 % of cases and among five in 85 %; over runs of four letters 71 % and 84 %, without knowing the
language. Similarity ratios of whole strings do much worse.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

import snowballstemmer

GRAM = 4
# Long words are rare, and a pasted page must not cost more than a report.
LONGEST = 4000
# The stemmer is pure Python; a town's vocabulary fits.
_REMEMBERED = 50_000

_FRENCH = snowballstemmer.stemmer("french")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[@#](?=\w)")
_WORD = re.compile(r"[a-z0-9]+")
# Elisions: "l'eau" is about water. The apostrophe itself is not a letter, so only what stands before it must go.
_ELISION = re.compile(r"\b(?:[cdjlmst]|qu|jusqu|lorsqu|puisqu)['\u2019]")

# Words that any French sentence may hold, without accents. They tell nothing of what a sentence is about.
_STOP = """
a ai as au aucun aura aussi aux avait avant avec avez avoir avons ca car ce ceci cela celle celui ces cet cette ceux
chez comme comment d dans de depuis des deux dit doit donc du elle elles en encore entre est et etaient etait ete etes
etre eu eux fait faut ici il ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos notre nous
on ont ou par parce pas peut plus pour pourquoi qu quand que quel quelle quels qui quoi s sa sans se sera ses si soit
son sont sous sur t ta te tes toi ton tous tout toute toutes tres tu un une va vais vers voila vos votre vous y
"""
STOP = frozenset(_STOP.split())


def cleaned(text: str) -> str:
    """The text without accents, case, addresses, marks of handles and tags, elisions and pictures; spaces single."""
    text = _ADDRESS.sub(" ", text[:LONGEST].casefold())
    text = _ELISION.sub(" ", text)
    # The ligature has no decomposition of its own.
    text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    return " ".join(_WORD.findall(text.encode("ascii", "ignore").decode("ascii")))


def fingerprint(text: str) -> str:
    """SHA-256 of the cleaned text: the same for copies that differ in case, accents, marks or links."""
    return hashlib.sha256(cleaned(text).encode("ascii")).hexdigest()


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str) -> str:
    """The French stem of one cleaned word."""
    return str(_FRENCH.stemWord(word))


def stems(clean: str) -> list[str]:
    """The stems of a cleaned text without its stop words, in their order, repetitions included."""
    return [stem(word) for word in clean.split() if word not in STOP]


def grams(clean: str) -> list[str]:
    """The runs of four letters of a cleaned text; words are separated by one space, which counts as a letter."""
    padded = f" {clean} "
    return [padded[place : place + GRAM] for place in range(len(padded) - GRAM + 1)]


def shared(one: str, other: str) -> list[str]:
    """The words of ``one``, as they are written there, whose stems ``other`` has too; each once, in their order."""
    known = set(stems(cleaned(other)))
    found: dict[str, str] = {}
    for word in re.findall(r"[^\W_]+", one):
        clean = cleaned(word)
        if clean and clean not in STOP and stem(clean) in known:
            found.setdefault(word.casefold(), word)
    return list(found.values())
