"""Telephone numbers that may get an SMS: read as people type them, kept in the international form of ITU-T E.164.

What may be typed without a country code is French, by ARCEP's numbering plan: mobile numbers begin with 06 and 07; some
of these blocks are those of the overseas departments, which have country codes of their own. Whether a number is in use
nobody can tell from its digits.
"""

from __future__ import annotations

import re

from hub.kernel.phrase import Phrase

# At most 15 digits (E.164); with less than 8 no country has subscribers' numbers that can be reached from abroad.
INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015/]+")
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]*)")
# Spreadsheets take a number for a quantity: they drop the 0, or the + before 33.
_NATIONAL_MOBILE = re.compile(r"(?:0|33)?([67][0-9]{8})")
_FRANCE = "33"
# How overseas mobile numbers begin, after the 0, and their country codes.
_OVERSEAS = {
    **dict.fromkeys(("690", "691"), "590"),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    **dict.fromkeys(("692", "693", "639"), "262"),  # La Réunion; Mayotte
    "694": "594",  # Guyane
    **dict.fromkeys(("696", "697"), "596"),  # Martinique
}
_OF_FRANCE = re.compile(r"\+(?:33|590|594|596|262)")
_OF_FRANCE_MOBILE = re.compile(r"\+(?:33|590|594|596|262)[67][0-9]{8}")
# Country codes of no country (E.164 list of the ITU): free calls, shared cost, satellites, networks, premium rate.
_OF_NO_COUNTRY = re.compile(r"\+(?:800|808|870|878|881|882|883|888|979)")
_SHOWN_DIGITS = 2


def normal(typed: str) -> str:
    """A number in the form ``+33612345678``; what is none comes back as it was typed.

    >>> normal("06 12 34 56 78"), normal("0033 (0)6.12.34.56.78"), normal("0692123456")
    ('+33612345678', '+33612345678', '+262692123456')
    """
    digits = _SEPARATORS.sub("", typed.replace("(0)", ""))
    abroad = _ABROAD.fullmatch(digits)
    if abroad:
        return f"+{abroad[1]}"
    national = _NATIONAL_MOBILE.fullmatch(digits)
    return f"+{_OVERSEAS.get(national[1][:3], _FRANCE)}{national[1]}" if national else typed


def wrong(number: str) -> Phrase | None:
    """Why no SMS may go to a number in its normal form, or ``None``."""
    if not INTERNATIONAL.fullmatch(number):
        return Phrase(
            "this is not a mobile number: type 06 or 07 and eight digits, or + and the country code; "
            "short and special numbers are refused"
        )
    if _OF_NO_COUNTRY.match(number):
        return Phrase("this number belongs to no country: premium, satellite and service numbers are refused")
    if _OF_FRANCE.match(number) and not _OF_FRANCE_MOBILE.fullmatch(number):
        return Phrase("this French number is not a mobile one (06 or 07); fixed and premium numbers are refused")
    return None


def masked(number: str) -> str:
    """A number of which only the end shows.

    >>> masked("+33612345678")
    '… 78'
    """
    return f"… {number[-_SHOWN_DIGITS:]}" if len(number) > _SHOWN_DIGITS else number
