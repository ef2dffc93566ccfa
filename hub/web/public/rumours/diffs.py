"""What changed between two versions, word by word, as ``<del>`` and ``<ins>``."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from hub.kernel.phrase import Phrase
from hub.rumours.answer import PARTS
from hub.web.public.rumours.shown import Shown

_WORDS = re.compile(r"\s+|[^\s]+")
# Texts that have less in common than this are read better one after the other than word by word.
RELATED = 0.4

NAMES = {
    "fact": Phrase("What is true"),
    "warning": Phrase("Warning"),
    "myth": Phrase("What circulates"),
    "why": Phrase("Why"),
    "closing": Phrase("In short"),
    "guidance": Phrase("What to do"),
}


def word_diff(old: str, new: str) -> Markup:
    """The new text with what was taken out of the old one struck through and what was added underlined; escaped."""
    if old == new:
        return escape(new)
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < RELATED:
        return _changed(old, new)
    done, gone, come, waiting = Markup(), "", "", ""
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        old_words, new_words = "".join(before[start:end]), "".join(after[other_start:other_end])
        if kind == "equal" and (not new_words.isspace() or not (gone or come)):
            done += _changed(gone, come) + escape(waiting + new_words)
            gone = come = waiting = ""
        elif kind == "equal":
            # A space between two changes: if another change follows, they are read better as one.
            waiting = new_words
        else:
            gone, come, waiting = gone + waiting + old_words, come + waiting + new_words, ""
    return done + _changed(gone, come) + escape(waiting)


def changed_parts(old: Shown, new: Shown) -> list[tuple[Phrase, Markup]]:
    """The parts of an answer that differ, each with its name."""
    return [
        (NAMES[name], word_diff(old.texts[name], new.texts[name]))
        for name in PARTS
        if old.texts[name] != new.texts[name]
    ]


def _changed(old: str, new: str) -> Markup:
    if old == new:
        return escape(new)
    done = Markup()
    if old.strip():
        done += Markup("<del>{}</del>").format(old)
    if new.strip():
        done += Markup("{}<ins>{}</ins>").format(" " if old.strip() and not new[:1].isspace() else "", new)
    return done
