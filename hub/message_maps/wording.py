"""The words by which the linter knows an action, a moment or a notice when it reads one, in French and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

# Words ending in -ez that are no imperative.
_FR_NO_VERB = "chez|assez|nez|rez"
_EN_VERBS = (
    "act|aim|air|apply|ask|avoid|await|be|beware|block|boil|bring|call|carry|change|check|choose|clean|clear|climb|close|collect"
    "|come|contact|continue|cook|cover|cross|cut|defend|delete|discard|disinfect|do|drink|drive|drop|dry|eat|empty|enter|escape|evacuate|fetch|fill|find"
    "|follow|get|give|go|heed|help|hide|hold|ignore|inform|inspect|keep|know|learn|leave|let|lie|lift|light|limit|listen|lock|look"
    "|lower|make|mind|monitor|move|mute|note|obey|open|park|pack|phone|photograph|plan|postpone|prepare|protect|pull|put|raise|read|ready|remain"
    "|remember|report|respect|rest|return|ring|run|save|seal|secure|seek|share|shelter|show|shower|shut|sit|stand|stay|step|stop"
    "|store|strip|switch|take|tell|text|throw|tie|touch|travel|treat|trust|tune|turn|unplug|use|ventilate|visit|wait|walk|warn"
    "|wash|watch|wear|work|write"
)
_FR_ACTION = re.compile(
    rf"(?<!vous )\b(?!(?:{_FR_NO_VERB})\b)[a-zà-ÿœ]{{2,}}ez\b|\b(?:soyez|faites|dites)\b"
    r"|(?:^|[.:!;,(\n] ?)(?:pas de|pas d'|aucun|ne pas|ni |interdi)"
    r"|\bne vous [a-z]{2,}ez\b|rien a faire|aucune action|\bvous pouvez\b|\bpouvez\b",
    re.IGNORECASE,
)
_EN_ACTION = re.compile(
    rf"(?:^|[.:!?;,(\n] ?|\b(?:and|then|please|or|to safety|now|first|next|always) )(?:{_EN_VERBS})\b"
    r"|\b(?:do not|don't|never|please|you can|you may|nothing to do|no action|no need|not need to)\b"
    r"|(?:^|[.:!;,(\n] ?)no [a-z]+",
    re.IGNORECASE,
)
ACTIONS: Mapping[str, re.Pattern[str]] = {"fr": _FR_ACTION, "en": _EN_ACTION}
# The same for texts in small letters, which is faster.
PLAIN_ACTIONS = {language: re.compile(pattern.pattern) for language, pattern in ACTIONS.items()}

NOTICE_NAMES: Mapping[str, re.Pattern[str]] = {
    "fr": re.compile(r"avis d'ebullition|\bconfine(?:ment|z-vous)|mise a l'abri", re.IGNORECASE),
    "en": re.compile(r"boil[- ]water (?:notice|advisory)|shelter[- ]in[- ]place|\blockdown\b", re.IGNORECASE),
}
_MOMENTS = {
    "fr": r"maintenant|en cours|immediat|des a present|depuis|toujours|ce soir|cette nuit|ce matin|aujourd'hui|demain"
    r"|continue|\d ?h\b",
    "en": r"\bnow\b|under way|going on|immediate|ongoing|since|\bstill\b|tonight|this "
    "(?:morning|evening|afternoon)|today"
    r"|tomorrow|continu|\d:\d\d",
}
MOMENTS = {language: re.compile(pattern, re.IGNORECASE) for language, pattern in _MOMENTS.items()}
ENDS = {
    "fr": re.compile(r"jusqu|\bfin\b|avant|pendant|duree", re.IGNORECASE),
    "en": re.compile(r"\buntil\b|\btill\b|\bend|before|\bfor\b", re.IGNORECASE),
}
OPEN_ENDS = {
    "fr": re.compile(r"jusqu'a nouvel (?:avis|ordre)|duree (?:inconnue|indeterminee)", re.IGNORECASE),
    "en": re.compile(r"until further notice|unknown (?:duration|end)", re.IGNORECASE),
}
CONTRASTS = {
    "fr": re.compile(r"\bnon\b|\bpas\b|au lieu|erron|inexact|\bfau(?:x|sse)\b|erreur|rectifi|corrig", re.IGNORECASE),
    "en": re.compile(r"\bnot\b|instead|wrong|incorrect|mistake|\berror|corrected|rather than", re.IGNORECASE),
}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+")


def _plain_latin() -> bytes:
    table = bytearray(range(256))
    for code in range(0xC0, 0x100):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        table[code] = ord(base) if base.isascii() else code
    return bytes(table)


_PLAIN_LATIN = _plain_latin()


def bare(text: str) -> str:
    """A text without accents, with straight apostrophes and without ligatures, for comparisons; the case stays."""
    if text.isascii():
        return text
    text = text.replace("\u2019", "'").replace("œ", "oe").replace("Œ", "OE")
    try:
        return text.encode("latin-1").translate(_PLAIN_LATIN).decode("latin-1")
    except UnicodeEncodeError:
        return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence and not sentence.isspace()]


def is_action(sentence: str, language: str) -> bool:
    """Whether a sentence tells someone to do something, or that nothing need be done. Unknown languages always do."""
    pattern = ACTIONS.get(language)
    return pattern is None or pattern.search(bare(sentence).strip()) is not None


def actions(text: str, language: str) -> list[str]:
    """The sentences of a text that are actions."""
    return [sentence for sentence in sentences(text) if is_action(sentence, language)]


def matches(patterns: Mapping[str, re.Pattern[str]], text: str, language: str) -> bool:
    """Whether a text matches a language's pattern; an unknown language matches nothing."""
    pattern = patterns.get(language)
    return pattern is not None and pattern.search(bare(text)) is not None


def has_word(text: str) -> bool:
    """Whether a text holds a word or a blank, not only punctuation."""
    return _WORD.search(text) is not None


@lru_cache(maxsize=1024)
def plain_noun_pattern(nouns: tuple[str, ...]) -> re.Pattern[str]:
    """Finds one of the nouns at the start of a word, in a text without accents and in small letters."""
    return re.compile(r"\b(?:" + "|".join(re.escape(bare(noun).lower()) for noun in nouns) + ")")
