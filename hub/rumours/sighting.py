"""What a reporter says, and everything that can be wrong with it. Used alike by forms, programs and commands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Settings, Territory
from hub.rumours.matching.words import cleaned, fingerprint
from hub.rumours.models import ADDRESS_LENGTH, NAME_LENGTH, REPORT_LENGTH
from hub.rumours.plain import one_line, tidied

SHORTEST_TEXT = 10
# What is longer is not even tidied.
LONGEST_PASTE = 100_000
# The clocks of phones are wrong by minutes; nobody reports what was seen more than a year ago.
AHEAD = timedelta(minutes=5)
BACK = timedelta(days=366)

# RFC 5321, section 4.5.3.1.3: 256 octets with the brackets around it.
LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^\s@<>,;:\"()]{1,64}@[\w-]+(\.[\w-]+)+")
# ITU-T E.164: at most 15 digits.
PHONE = re.compile(r"\+?\d{6,15}")
PHONE_MARKS = str.maketrans("", "", " .-()/")
WEB = frozenset({"http", "https"})


class HeardOn(StrEnum):
    """How the reporter came to know what is said."""

    WORD_OF_MOUTH = "word_of_mouth"
    PHONE = "phone"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    FACEBOOK = "facebook"
    X = "x"
    OTHER_NETWORK = "other_network"
    PRESS = "press"
    OTHER = "other"


HEARD_ON: Mapping[HeardOn, Phrase] = {
    HeardOn.WORD_OF_MOUTH: Phrase("By word of mouth"),
    HeardOn.PHONE: Phrase("By telephone"),
    HeardOn.SMS: Phrase("By text message"),
    HeardOn.WHATSAPP: Phrase("On WhatsApp"),
    HeardOn.FACEBOOK: Phrase("On Facebook"),
    HeardOn.X: Phrase("On X"),
    HeardOn.OTHER_NETWORK: Phrase("On another network"),
    HeardOn.PRESS: Phrase("In the press, on radio or television"),
    HeardOn.OTHER: Phrase("In another way"),
}


class Via(StrEnum):
    """Which way a report came in."""

    PUBLIC = "public"
    OFFICER = "officer"
    PARTNER = "partner"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A report as somebody gives it.

    ``commune`` is an INSEE code of the territory; what lies elsewhere is said in words in ``place``. The point is in
    degrees, WGS 84. ``heard_on`` is one of `HeardOn`. ``link`` is kept as a text and never fetched here. ``picture``
    is a file as it was uploaded. ``contact`` is an e-mail address or a telephone number.
    """

    text: str
    heard_on: str
    commune: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    seen_at: datetime | None = None
    link: str = ""
    picture: bytes = b""
    contact: str = ""
    language: str = "fr"

    def tidied(self) -> ReportDraft:
        """The same as it is kept: see `hub.rumours.plain`. A text that is far too long stays as it is."""
        text = self.text if len(self.text) > LONGEST_PASTE else tidied(self.text)
        return replace(
            self,
            text=text,
            heard_on=self.heard_on.strip(),
            commune=self.commune.strip(),
            place=one_line(self.place[:LONGEST_PASTE]),
            link=one_line(self.link[:LONGEST_PASTE]),
            contact=one_line(self.contact[:LONGEST_PASTE]),
        )


def text_hash(text: str) -> str:
    """The same for copies that differ in case, accents or marks; of a text in another script, its own SHA-256."""
    return fingerprint(text) if cleaned(text) else hashlib.sha256(text.encode()).hexdigest()


def faults_of(draft: ReportDraft, settings: Settings, now: datetime) -> list[Fault]:
    """Everything that is wrong with a tidied draft, by field. The picture is judged where it is read."""
    found = [
        ("text", _of_text(draft.text)),
        ("commune", _of_commune(draft, settings.territory)),
        ("place", _too_long(draft.place, NAME_LENGTH)),
        ("point", _of_point(draft.latitude, draft.longitude, settings.territory)),
        ("seen_at", _of_moment(draft.seen_at, now)),
        ("heard_on", _of_choice(draft.heard_on)),
        ("link", _of_link(draft.link)),
        ("contact", _of_contact(draft.contact)),
    ]
    return [Fault(name, phrase) for name, phrase in found if phrase]


def _of_text(text: str) -> Phrase | None:
    if len(text) > LONGEST_PASTE:
        return Phrase(
            "This is a whole document, not a report. Copy only the sentences that matter: at most %(most)s characters.",
            most=REPORT_LENGTH,
        )
    if len(text) < SHORTEST_TEXT:
        return Phrase("Say what is being said, in at least %(least)s characters.", least=SHORTEST_TEXT)
    if len(text) > REPORT_LENGTH:
        return Phrase(
            "The text has %(count)s characters; at most %(most)s are taken.", count=len(text), most=REPORT_LENGTH
        )
    return None


def _of_commune(draft: ReportDraft, territory: Territory) -> Phrase | None:
    if draft.commune and draft.commune not in {each.insee for each in territory.communes}:
        return Phrase("Choose a commune of the list, or say in words where it is.")
    if not draft.commune and not draft.place:
        return Phrase("Choose a commune, or say in words which place it is about.")
    return None


def _too_long(line: str, most: int) -> Phrase | None:
    return Phrase("At most %(count)s characters.", count=most) if len(line) > most else None


def _of_point(latitude: float | None, longitude: float | None, territory: Territory) -> Phrase | None:
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        return Phrase("A point needs both its latitude and its longitude, in degrees.")
    east, north = zip(*territory.outline, strict=True)
    # Written so that what is no number at all is refused as well.
    if not (min(north) <= latitude <= max(north) and min(east) <= longitude <= max(east)):
        return Phrase("This point lies outside the territory; say in words where it is.")
    return None


def _of_moment(seen_at: datetime | None, now: datetime) -> Phrase | None:
    if seen_at is None:
        return None
    if seen_at > now + AHEAD:
        return Phrase("This moment has not come yet.")
    return Phrase("This is more than a year ago.") if seen_at < now - BACK else None


def _of_choice(heard_on: str) -> Phrase | None:
    return None if heard_on in set(HeardOn) else Phrase("Choose one of the list.")


def _of_link(link: str) -> Phrase | None:
    if not link:
        return None
    try:
        address = urlsplit(link)
        web = address.scheme.lower() in WEB and bool(address.hostname) and not address.username
    except ValueError:
        web = False
    if not web or " " in link or len(link) > ADDRESS_LENGTH:
        return Phrase("Give an address that begins with http:// or https://, or leave this empty.")
    return None


def _of_contact(contact: str) -> Phrase | None:
    if not contact:
        return None
    email = len(contact) <= LONGEST_EMAIL and EMAIL.fullmatch(contact)
    if email or PHONE.fullmatch(contact.translate(PHONE_MARKS)):
        return None
    return Phrase("Give an e-mail address or a telephone number, or leave this empty.")
