"""How long a text is, counted as each channel counts it, and the transliteration that keeps a French SMS cheap.

Sources: 3GPP TS 23.038 (GSM 7-bit alphabet) and TS 23.040 (concatenation); twitter-text configuration v3; the AT
Protocol lexicon ``app.bsky.feed.post``; Mastodon's StatusLengthValidator; IISR article 147 for panels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import regex  # type: ignore[import-untyped]  # it ships no types

from hub.kernel.phrase import Phrase

SMS_SEGMENTS = 2
# What the marks of an exercise may take on top of it.
SMS_MARKS = 1
GSM7_SINGLE, GSM7_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
X_LIMIT = 280
X_URL = 23
BLUESKY_GRAPHEMES, BLUESKY_BYTES = 300, 3000
MASTODON_LIMIT, MASTODON_URL = 500, 23
LED_WORDS, LED_LINES, LED_COLUMNS = 7, 4, 16
CAP_HEADLINE = 140
# Easy-to-read texts keep to short sentences; the number is ours, after the European easy-to-read guidelines.
SIMPLE_SENTENCE_WORDS = 12
# A calm announcer's pace; what is read aloud is kept in mind for half a minute (MissionMode).
VOICE_WORDS_PER_MINUTE = 150
VOICE_SECONDS = 30
SECONDS_PER_MINUTE = 60

# The default alphabet, without ç: the Unicode Consortium's table maps code 0x09 to ç where 3GPP prints Ç, so handsets
# differ, and the letter is treated as unsafe. The extension table costs two septets (escape and character).
GSM7_BASIC = frozenset(
    "@£$¥èéùìò\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüàÇ"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")

_ALL_BASIC = re.compile(f"[{re.escape(''.join(sorted(GSM7_BASIC)))}]*")
_NOT_GSM7 = re.compile(f"[^{re.escape(''.join(sorted(GSM7_BASIC | GSM7_EXTENSION)))}]")

# What a reader takes for the same. Code points: curly and single guillemet quotes; double quotes; dashes and the minus
# sign; fixed and non-breaking spaces; invisible characters.
_ALIKE: Mapping[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2022\u00b7", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\u2002\u2003\t", " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    "\u201a": ",",
    "\u2026": "...",
    "\u2044": "/",
    "\u00b5": "u",
    "\u00d7": "x",
    "\u2192": "->",
    "\u00b0": "o",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "TH",
    "\u0131": "i",
}

# X counts these code points once and all others twice (twitter-text configuration v3, scale 100).
_X_HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
# An emoji sequence as one unit: flags, keycaps, tag sequences, modifiers, joined families. A character that is text by
# default (such as the copyright sign) needs the emoji selector.
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}"
    r"|[0-9#*]\uFE0F?\u20E3"
    r"|(?:(?:\p{Emoji_Presentation}|\p{Emoji_Modifier_Base})(?:\uFE0F|\p{Emoji_Modifier})?|\p{Emoji}\uFE0F)"
    r"(?:[\U000E0020-\U000E007E]+\U000E007F)?"
    r"(?:\u200D(?:\p{Extended_Pictographic})(?:\uFE0F|\p{Emoji_Modifier})?)*"
)
_EMOJI_OR_SIGN = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F|[\u2600-\u27BF]")
_GRAPHEME = regex.compile(r"\X")
# A name with a label of more than 63 characters is no host (RFC 1035), so X does not link it.
_HTTP = re.compile(r"https?://(?![^\s/]{0,253}[^\s/.]{64})[^\s<>\"«»]*[^\s<>\"«».,;:!?'\u2019)\]}…]", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<!\S)#(?=\w*[^\W\d_])\w{1,64}\b")
_INNER_DOT = re.compile(r"\w\.\w")
# X also links bare names such as ``test.com``. The list holds the endings that French and international names use.
_BARE = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?:com|org|net|info|eu|fr|gouv|bzh|paris|alsace|corsica|edu|gov|int|biz|name|app|dev|online|site|io|co|me|tv|uk|de"
    r"|es|it|be|ch|lu|nl|pt|jp|us|ca|re|gp|mq|gf|yt|nc|pf|pm|wf)(?![\w@-]|\.\w)(?:/[^\s<>\"«»]*[\w/=#&-])?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\s\w]*(?:[^\W_]|_+[^\W_])\S*")
# Each of these characters is a grapheme of its own, so the slow engine is not needed.
_SINGLE_GRAPHEMES = re.compile("[\n\x20-\x7e\xa0-\u02ff\u2010-\u2027\u202f\u20ac]*")


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a limit a text uses.

    ``limit`` is ``None`` where the channel has none; ``detail`` explains the number.
    """

    used: int
    limit: int | None
    unit: Phrase
    detail: Phrase
    fits: bool = True


@dataclass(frozen=True, slots=True)
class SmsCount:
    """The parts of an SMS.

    ``alphabet`` is GSM-7 or UCS-2; ``units`` are septets or UTF-16 units; ``foreign`` are what forces UCS-2.
    """

    alphabet: str
    units: int
    segments: int
    foreign: tuple[str, ...] = ()


def count(form: str, text: str) -> Count:
    """Counts a finished text the way its channel does, against the channel's usual limit.

    ``form`` is a message form; for ``led`` the text is one page, for ``cap`` it is the headline.

    Raises:
        KeyError: no such form.
    """
    return _COUNTERS[form](text)


def sms(text: str) -> SmsCount:
    """Counts the parts of an SMS. An escape pair or a surrogate pair is never cut in two."""
    if _ALL_BASIC.fullmatch(text):
        units = len(text)
        return SmsCount("GSM-7", units, _parts(units, GSM7_SINGLE, GSM7_PART))
    foreign = tuple(dict.fromkeys(_NOT_GSM7.findall(text)))
    if foreign:
        widths = [2 if ord(character) > 0xFFFF else 1 for character in text]  # noqa: PLR2004 - the end of the BMP
        return SmsCount("UCS-2", sum(widths), _packed(widths, UCS2_SINGLE, UCS2_PART), foreign)
    widths = [2 if character in GSM7_EXTENSION else 1 for character in text]
    return SmsCount("GSM-7", sum(widths), _packed(widths, GSM7_SINGLE, GSM7_PART))


def to_gsm7(text: str) -> str:
    """Replaces what the GSM alphabet lacks by what a reader takes for the same: À by A, ê by e, œ by oe, ç by c.

    Characters without a Latin equivalent stay; `sms` then tells what they cost.
    """
    text = unicodedata.normalize("NFC", text)
    return text if _ALL_BASIC.fullmatch(text) else _NOT_GSM7.sub(lambda found: _plain(found.group()), text)


def x_length(text: str) -> int:
    """The weighted length on X: after NFC, a link counts 23, an emoji sequence 2, a character 1 or 2."""
    text = unicodedata.normalize("NFC", text)
    links = 0
    if "." in text:
        text, full = _HTTP.subn("", text)
        bare = 0
        if _INNER_DOT.search(text):
            text, bare = _BARE.subn("", text)
        links = full + bare
    heavy = _X_HEAVY.findall(text)
    if heavy:
        emoji: int
        text, emoji = _EMOJI.subn("", text)
        return len(text) + len(_X_HEAVY.findall(text)) + 2 * emoji + X_URL * links
    return len(text) + X_URL * links


def graphemes(text: str) -> int:
    """User-perceived characters (Unicode extended grapheme clusters)."""
    if _SINGLE_GRAPHEMES.fullmatch(text):
        return len(text)
    return sum(1 for _cluster in _GRAPHEME.finditer(text))


def links(text: str) -> Iterator[tuple[int, int]]:
    """Where the web addresses of a text begin and end, without the punctuation after them."""
    return (found.span() for found in _HTTP.finditer(text))


def hashtags(text: str) -> Iterator[tuple[int, int]]:
    """Where the hashtags of a text begin and end, their mark included. A number alone is none."""
    return (found.span() for found in _HASHTAG.finditer(text))


def holds_emoji(text: str) -> bool:
    """Whether a text holds an emoji or a pictogram that some devices show as one."""
    return not text.isascii() and _EMOJI_OR_SIGN.search(text) is not None


def mastodon_length(text: str) -> int:
    """Graphemes, with each link counted as 23. Source: Mastodon's StatusLengthValidator."""
    if "://" in text:
        text = _HTTP.sub("x" * MASTODON_URL, text)
    return graphemes(text)


def led_lines(page: str, columns: int = LED_COLUMNS) -> list[str]:
    """A page broken into lines at spaces; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in page.split():
        rest = word
        if line and len(line) + 1 + len(rest) <= columns:
            line = f"{line} {rest}"
            continue
        if line:
            lines.append(line)
        while len(rest) > columns:
            lines.append(rest[:columns])
            rest = rest[columns:]
        line = rest
    return [*lines, line] if line else lines


def led_words(page: str) -> int:
    """The words of a page."""
    return words(page)


def longest_sentence(text: str) -> str:
    """The sentence with the most words; a line that ends without a full stop is a sentence too."""
    return max(_SENTENCE_END.split(text), key=words)


def words(text: str) -> int:
    """The words of a text: a lone punctuation mark is none."""
    return len(_WORD.findall(text))


def voice_seconds(text: str) -> int:
    """How long a text takes to be read out, in whole seconds begun."""
    return -(-words(text) * SECONDS_PER_MINUTE // VOICE_WORDS_PER_MINUTE)


def _parts(units: int, single: int, part: int) -> int:
    return 1 if units <= single else -(-units // part)


def _packed(widths: list[int], single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return parts


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _ALIKE:
        return _ALIKE[character]
    apart = unicodedata.normalize("NFKD", character)
    bare = "".join(_ALIKE.get(sign, sign) for sign in apart if not unicodedata.combining(sign))
    return bare if bare and not _NOT_GSM7.search(bare) else character


def _count_sms(text: str) -> Count:
    found = sms(text)
    if found.foreign:
        detail = Phrase(
            "%(units)s units in UCS-2, because of %(signs)s", units=found.units, signs=" ".join(found.foreign[:5])
        )
    else:
        detail = Phrase("%(units)s characters in GSM-7", units=found.units)
    return Count(found.segments, SMS_SEGMENTS, Phrase("SMS parts"), detail, found.segments <= SMS_SEGMENTS)


def _count_x(text: str) -> Count:
    used = x_length(text)
    return Count(used, X_LIMIT, Phrase("characters"), Phrase("a link counts 23, an emoji 2"), used <= X_LIMIT)


def _count_bluesky(text: str) -> Count:
    used, size = graphemes(text), len(text.encode("utf-8", "replace"))
    detail = Phrase("%(size)s bytes of %(limit)s", size=size, limit=BLUESKY_BYTES)
    return Count(
        used, BLUESKY_GRAPHEMES, Phrase("characters"), detail, used <= BLUESKY_GRAPHEMES and size <= BLUESKY_BYTES
    )


def _count_mastodon(text: str) -> Count:
    used = mastodon_length(text)
    return Count(used, MASTODON_LIMIT, Phrase("characters"), Phrase("a link counts 23"), used <= MASTODON_LIMIT)


def _count_long(text: str) -> Count:
    return Count(len(text), None, Phrase("characters"), Phrase("no limit"))


def _count_led(page: str) -> Count:
    words, lines = led_words(page), led_lines(page)
    detail = Phrase("%(lines)s lines of %(columns)s", lines=len(lines), columns=LED_COLUMNS)
    return Count(words, LED_WORDS, Phrase("words"), detail, words <= LED_WORDS and len(lines) <= LED_LINES)


def _count_cap(headline: str) -> Count:
    used = len(headline)
    return Count(used, CAP_HEADLINE, Phrase("characters"), Phrase("the headline"), used <= CAP_HEADLINE)


def _count_simplified(text: str) -> Count:
    used = words(longest_sentence(text))
    return Count(
        used,
        SIMPLE_SENTENCE_WORDS,
        Phrase("words in the longest sentence"),
        Phrase("%(words)s words in all", words=words(text)),
        used <= SIMPLE_SENTENCE_WORDS,
    )


def _count_voice(text: str) -> Count:
    used = voice_seconds(text)
    detail = Phrase("%(words)s words at %(pace)s a minute", words=words(text), pace=VOICE_WORDS_PER_MINUTE)
    return Count(used, VOICE_SECONDS, Phrase("seconds"), detail, used <= VOICE_SECONDS)


_COUNTERS: Mapping[str, Callable[[str], Count]] = {
    "sms": _count_sms,
    "x": _count_x,
    "bluesky": _count_bluesky,
    "mastodon": _count_mastodon,
    "long": _count_long,
    "led": _count_led,
    "cap": _count_cap,
    "simplified": _count_simplified,
    "voice": _count_voice,
}
