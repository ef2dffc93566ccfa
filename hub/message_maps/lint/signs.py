"""What can be told about a text at a glance, as bits: a rule is only asked about texts that show what it looks for.

The bits are plain integers, not `enum.IntFlag`, because they are combined tens of times for each text.
"""

from __future__ import annotations

# Characters.
ODD = 1 << 0  # a character beyond ASCII's usual ones and Latin letters with accents
DIGIT = 1 << 1
GAP = 1 << 2  # two spaces, or a row of underscores
# Words, see `vocabulary.TRIGGERS`.
LEFTOVER = 1 << 3
JARGON = 1 << 4
GUESS = 1 << 5
NOTICE = 1 << 6
DRILL = 1 << 7
EASY = 1 << 8
CALL = 1 << 9
PASSIVE = 1 << 10
NEGATION = 1 << 11
ABSOLUTE = 1 << 12
# Elements with a word in them.
SOURCE = 1 << 13
HAZARD = 1 << 14
IMPACT = 1 << 15
LINK = 1 << 16
NEXT = 1 << 17
GUIDANCE = 1 << 18
# Blanks in elements.
PLACE_BLANK = 1 << 19  # a place or list under [L]
TIMED = 1 << 20  # a time, date or duration under [T]
ADDRESS = 1 << 21  # something that may be a link

ELEMENT_SIGNS = {
    "S": SOURCE,
    "H": HAZARD,
    "I": IMPACT,
    "U": LINK,
    "N": NEXT,
    "G": GUIDANCE,
}
