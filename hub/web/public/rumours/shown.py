"""A published version as the public reads it: in one language, with the words for what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.kernel.phrase import Phrase
from hub.rumours.models import RumourVersion
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.parts import parts

KINDS: Mapping[VersionKind, Phrase] = {
    VersionKind.HOLDING: Phrase("First word: being checked"),
    VersionKind.ANSWER: Phrase("Answer"),
    VersionKind.UPDATE: Phrase("Update: the facts have moved on"),
    VersionKind.CORRECTION: Phrase("Correction: we were wrong"),
    VersionKind.WITHDRAWAL: Phrase("Answer withdrawn"),
}
MEANS: Mapping[str, Phrase] = {
    "phone": Phrase("by telephone"),
    "email": Phrase("by e-mail"),
    "in_person": Phrase("in person"),
    "document": Phrase("by a document"),
    "radio": Phrase("by radio"),
}
WITHDRAWN = Phrase("Answer withdrawn")


@dataclass(frozen=True, slots=True)
class Source:
    """One source that may be named. ``means`` is how it said so, for a confirmation; ``sha256`` of our copy."""

    name: str
    detail: str
    means: Phrase | None
    at: datetime | None
    address: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One version. Texts are in ``language`` where they exist in it; ``title`` is the fact.

    ``ended``: the time for which the verdict was given is over. ``withdrawn``: only the stub is shown.
    """

    rumour_id: str
    number: int
    kind: VersionKind
    verdict: Verdict
    as_of: datetime
    valid_until: datetime | None
    published_at: datetime
    language: str
    texts: Mapping[str, str]
    event_id: str
    event_title: str
    communes: tuple[str, ...]
    first_heard: datetime | None
    sources: tuple[Source, ...]
    ended: bool

    @property
    def withdrawn(self) -> bool:
        """Whether the answer was taken back with this version."""
        return self.kind is VersionKind.WITHDRAWAL

    @property
    def title(self) -> Phrase | str:
        """The fact; what a withdrawn answer said is not repeated."""
        return WITHDRAWN if self.withdrawn else self.texts["fact"]

    @property
    def label(self) -> Phrase:
        """The word of the verdict."""
        return LABELS[self.verdict]

    @property
    def kind_label(self) -> Phrase:
        """What the version is to the one before."""
        return KINDS[self.kind]

    @property
    def wrong(self) -> str:
        """What an earlier version said that was not so; only a correction says it."""
        return self.texts["wrong"] if self.kind is VersionKind.CORRECTION else ""

    @property
    def path(self) -> str:
        """The permanent address of the rumour, without the host."""
        return f"/rumeurs/{self.rumour_id}"


def shown(version: RumourVersion, language: str, now: datetime) -> Shown:
    """What a version is for a reader of ``language`` at the moment ``now``."""
    content: Mapping[str, Any] = version.content
    answer = content.get("answer", {})
    names = ("claim_reviewed", "fact", "warning", "myth", "why", "closing", "guidance", "wrong")
    event = content.get("event") or {}
    heard = content.get("first_heard")
    return Shown(
        rumour_id=version.rumour_id,
        number=version.number,
        kind=VersionKind(version.kind),
        verdict=Verdict(version.verdict),
        as_of=version.as_of,
        valid_until=version.valid_until,
        published_at=version.published_at,
        language=language,
        texts={name: text_of(answer.get(name, {}), language) for name in names},
        event_id=version.event_id or "",
        event_title=text_of(event.get("title", {}), language),
        communes=tuple(version.communes),
        first_heard=datetime.fromisoformat(heard) if heard else None,
        sources=_sources(content),
        ended=version.valid_until is not None and version.valid_until <= now,
    )


def text_of(texts: Mapping[str, str], language: str) -> str:
    """A text in a language, or else in the first one that it exists in."""
    return texts.get(language) or next((text for text in texts.values() if text), "")


def communes_named(codes: Sequence[str]) -> list[str]:
    """The names of communes; a code that the territory does not know any more stays a code."""
    names = {each.insee: each.name for each in parts().settings.territory.communes}
    return [names.get(code, code) for code in codes]


def _sources(content: Mapping[str, Any]) -> tuple[Source, ...]:
    confirmed = [
        Source(
            name=one["organisation"],
            detail="",
            means=MEANS.get(one["means"]),
            at=_moment(one["at"]),
            address="",
            sha256="",
        )
        for one in content.get("confirmations", ())
    ]
    documents = [
        Source(
            name=one["title"],
            detail=one["publisher"],
            means=None,
            at=_moment(one["archived_at"]),
            # An address that a browser would run is no address of a source.
            address=one["address"] if one["address"].startswith(("https://", "http://")) else "",
            sha256=one["sha256"],
        )
        for one in content.get("evidence", ())
    ]
    return (*confirmed, *documents)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
