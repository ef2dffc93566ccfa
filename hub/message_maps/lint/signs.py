"""What can be told about a text at a glance, as bits: a rule is only asked about texts that show what it looks for.

The bits are plain integers, not `enum.IntFlag`, because they are combined tens of times for each text.
"""

from __future__ import annotations

# Characters.
ODD = 1 << 0  # a character beyond ASCII's usual ones and Latin letters with accents
DIGIT = 1 << 1
GAP = 1 << 2  # two spaces, or a row of underscores
COLON = 1 << 3
CAPITALS = 1 << 4  # a run of capitals
# Words, see `vocabulary.TRIGGERS`.
LEFTOVER = 1 << 5
JARGON = 1 << 6
GUESS = 1 << 7
NOTICE = 1 << 8
OPEN_END = 1 << 9
DRILL = 1 << 10
EASY = 1 << 11
CALL = 1 << 12
PASSIVE = 1 << 13
NEGATION = 1 << 14
ABSOLUTE = 1 << 15
# Elements with a word in them.
SOURCE = 1 << 16
HAZARD = 1 << 17
IMPACT = 1 << 18
LINK = 1 << 19
NEXT = 1 << 20
KIND = 1 << 21
GUIDANCE = 1 << 22
# Blanks in elements.
PLACE_BLANK = 1 << 23  # a place or list under [L]
TIMED = 1 << 24  # a time, date or duration under [T]
ADDRESS = 1 << 25  # something that may be a link

ELEMENT_SIGNS = {
    "S": SOURCE,
    "H": HAZARD,
    "I": IMPACT,
    "U": LINK,
    "N": NEXT,
    "K": KIND,
    "G": GUIDANCE,
}
