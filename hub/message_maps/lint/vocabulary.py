"""Words that a rule looks for, in French and in English, without accents and in lower case.

`TRIGGERS` tells at a glance whether a text holds a word that could matter: one intersection of sets for all rules.
The lists are ours; the reasons for them are in the sources of the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hub.message_maps.lint import signs

Patterns = Mapping[str, re.Pattern[str]]

# Jargon and what to say instead. Sources: Sutton; FEMA; list of our own.
JARGON: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "pcs": "plan de la commune",
        "ppi": "plan d'urgence",
        "dicrim": "brochure sur les risques",
        "dos": "maire ou préfet",
        "cod": "préfecture",
        "sdis": "pompiers",
        "pma": "poste de secours",
        "codis": "pompiers",
        "orsec": "secours",
        "alea": "danger",
        "aleas": "dangers",
        "cinetique": "vitesse",
        "confinement": "restez à l'intérieur",
        "confinez": "entrez dans un bâtiment",
        "sinistres": "personnes touchées",
        "obvier": "éviter",
    },
    "en": {
        "shelter in place": "go indoors and stay there",
        "be advised": "say it directly",
        "vicinity": "near",
        "level 1": "what people should do",
        "level 2": "what people should do",
        "level 3": "what people should do",
        "utilize": "use",
        "commence": "start",
        "ingress": "way in",
        "egress": "way out",
    },
}
ACRONYMS = re.compile(r"\b[A-Z]{2,6}\b")
GUESSES: Patterns = {
    "fr": re.compile(
        r"\bsemblerait\b|\bsemble(?:nt)?\b|\bon dit\b|\bil paraitrait\b|\bserait\b|\bprobablement\b|\bsans doute\b"
    ),
    "en": re.compile(r"\bprobably\b|\ballegedly\b|\bapparently\b|\brumou?red\b|\bit seems\b|\bseems to\b|\bmight be\b"),
}
ABSOLUTES: Patterns = {
    "fr": re.compile(r"\baucun (?:risque|danger)\b|\bsans aucun (?:risque|danger)\b|\brisque nul\b"),
    "en": re.compile(r"\bno (?:risk|danger) (?:at all|whatsoever)\b|\bthere is no risk\b|\bcompletely safe\b"),
}
POSSIBILITIES: Patterns = {
    "fr": re.compile(r"\bpossibles?\b|\bpeu(?:t|vent)\b|\bpourrai(?:t|ent)\b|\brisque|\bprobable|\bmenac"),
    "en": re.compile(r"\bpossibl|\bmay\b|\bcould\b|\bcan\b|\blikely\b|\bchance|\brisk|\bthreat"),
}
RESOLUTIONS: Patterns = {
    "fr": re.compile(
        r"(?<!\{)\bfin\b|termine|\blevee?s?\b|n'y a plus|plus de danger|\bn'est plus\b|\bne sont plus\b|\bpasse[e ]"
        r"|retabli|eteint|maitris|de nouveau|a nouveau|normal|potable|\bretir|neutralis|ecarte|revenu"
    ),
    "en": re.compile(
        r"\ball[- ]clear\b|\bover\b|\bended\b|\blifted\b|no longer|\bsafe\b|restored|\bagain\b"
        r"|under control|\bnormal|\bout\b|no need to"
        r"|\bend of\b|\bback\b|removed|made safe|\bpassed\b|\bgone\b"
    ),
}
PERMISSIONS: Patterns = {
    "fr": re.compile(
        r"\bpouvez\b|\bpeuvent\b|\bpeut\b|rouv|ouvrez|repren|retour|rentrez|aerez|normal|buvez|circul|autoris|revenez"
        r"|rien a faire|plus besoin|plus rien"
    ),
    "en": re.compile(
        r"\bcan\b|\bmay\b|reopen|\bopen\b|resume|return|go home|air the|normal|drink|back to"
        r"|carry on|come back|allowed|nothing to do|no need|not need|need not|no longer need"
    ),
}
PASSIVES: Patterns = {
    "fr": re.compile(r"\b(?:est|sont|soit|soient|etre|sera|seront) (?:\w+ )?\w{3,}(?:ees?|es?)\b(?= par\b)"),
    "en": re.compile(r"\b(?:is|are|be|been|was|were) (?:\w+ )?\w{2,}(?:ed|en) by\b|\bshould be \w+ed\b"),
}
DOUBLE_NEGATIONS: Patterns = {
    "fr": re.compile(r"\b(?:ne|n')\s?\w+ pas (?:\w+ )?(?:in\w{4,}|im\w{4,})\b|\bnon sans\b"),
    "en": re.compile(r"\b(?:not|never|don't) (?:\w+ ){0,2}(?:without|un(?!der|til|less)\w{4,})\b|\bnot un\w{4,}\b"),
}
# What tells that a number is to be called, and what it is for: stretches of plain text, blanks around whole words.
CALLS = ("appel", "compos", "telephon", "joign", "call", "dial", " ring ", "phone")
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "fr": (
        *(" si ", " en cas ", " pour ", "urgence", "secours", "danger", "sourd", "malaise", "bless", "pompier", "samu"),
        *("police", "gendarm", "medecin", "entend", "parl", "symptom", " vie ", " vie.", "odeur", "aide", "fumee"),
        *("flamme", "temoin", "accident", "incendie"),
    ),
    "en": (
        *(" if ", " for ", "emergenc", "danger", "deaf", "injur", "unwell", "fire", "police", "ambulance", "doctor"),
        *("hear", "speak", "symptom", " life", "smell", "help", "rescue", "smoke", "flame", "accident"),
    ),
}
_WORDS_OF: Mapping[str, Mapping[int, Iterable[str]]] = {
    "fr": {
        signs.JARGON: JARGON["fr"],
        signs.GUESS: ("semblerait", "semble", "semblent", "dit", "paraitrait", "serait", "probablement", "doute"),
        signs.ABSOLUTE: ("risque", "danger", "nul"),
        signs.NOTICE: ("avis", "confinement", "confinez", "abri"),
        signs.DRILL: ("exercice",),
        signs.EASY: ("falc", "facile"),
        signs.CALL: ("appelez", "appeler", "appel", "composez", "telephonez", "joignez"),
        signs.PASSIVE: ("par",),
        signs.NEGATION: ("sans", "pas"),
    },
    "en": {
        signs.JARGON: (*(word for word in JARGON["en"] if " " not in word), "shelter", "advised", "level"),
        signs.GUESS: ("probably", "allegedly", "apparently", "rumored", "rumoured", "seems", "might"),
        signs.ABSOLUTE: ("risk", "danger", "completely"),
        signs.NOTICE: ("boil", "shelter", "lockdown"),
        signs.DRILL: ("exercise",),
        signs.EASY: ("falc", "easy"),
        signs.CALL: ("call", "calls", "calling", "dial", "ring", "phone"),
        signs.PASSIVE: ("by", "should"),
        signs.NEGATION: ("without", "not", "never", "don"),
    },
}
_ANYWHERE = {"todo": signs.LEFTOVER, "tbd": signs.LEFTOVER}


def _inverted(words_of: Mapping[int, Iterable[str]]) -> dict[str, int]:
    found = dict(_ANYWHERE)
    for sign, words in words_of.items():
        for word in words:
            found[word] = found.get(word, 0) | sign
    return found


# Language -> word -> the signs it gives.
TRIGGERS: Mapping[str, Mapping[str, int]] = {language: _inverted(words) for language, words in _WORDS_OF.items()}
TRIGGER_WORDS: Mapping[str, frozenset[str]] = {language: frozenset(words) for language, words in TRIGGERS.items()}


def says_call(plain: str) -> bool:
    """Whether a stretch of plain text asks someone to call."""
    return any(stem in plain for stem in CALLS)


def says_purpose(plain: str, language: str) -> bool:
    """Whether a stretch of plain text says when or why to call."""
    return any(stem in plain for stem in PURPOSES[language])
