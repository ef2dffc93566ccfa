"""The one family of errors that a user may see, each with its RFC 9457 problem type.

Features subclass `HubError` in their own ``errors.py``; ``hub.web.problems`` is the only translator to HTTP and the
command line prints the same words. Slugs are public: they are listed in ``docs/problems.md`` and a test holds both
together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from hub.kernel.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field: which field, and what would be right."""

    field: str
    phrase: Phrase


class HubError(Exception):
    """Base of every expected refusal. ``slug`` names the problem type, ``status`` is the HTTP status (RFC 9110)."""

    slug: ClassVar[str] = "internal"
    title: ClassVar[Phrase] = Phrase("Something went wrong")
    status: ClassVar[int] = 500

    def __init__(self, detail: Phrase, faults: Iterable[Fault] = ()) -> None:
        self.detail = detail
        self.faults = tuple(faults)
        super().__init__(str(detail))


class InvalidInput(HubError):
    """Some field is missing or wrong; ``faults`` lists every one of them at once."""

    slug = "invalid-input"
    title = Phrase("Some fields need attention")
    status = 422

    def __init__(self, faults: Iterable[Fault], detail: Phrase | None = None) -> None:
        super().__init__(detail or Phrase("Please correct the fields named below. Nothing has been sent."), faults)

    def __str__(self) -> str:
        return "; ".join(f"{fault.field}: {fault.phrase}" for fault in self.faults) or str(self.detail)


class NotFound(HubError):
    """The thing named does not exist, or not for this person."""

    slug = "not-found"
    title = Phrase("Not found")
    status = 404


class Conflict(HubError):
    """The state has changed since the person looked."""

    slug = "conflict"
    title = Phrase("The situation has changed")
    status = 409


class Forbidden(HubError):
    """The person is known and may not do this."""

    slug = "forbidden"
    title = Phrase("Not allowed")
    status = 403


class Unavailable(HubError):
    """Something that the answer needs is away for the moment."""

    slug = "unavailable"
    title = Phrase("Temporarily unavailable")
    status = 503
