"""Refusals that only a web surface can make."""

from __future__ import annotations

from collections.abc import Mapping

from hub.kernel.errors import HubError
from hub.kernel.phrase import Phrase


class NotLoggedIn(HubError):
    """The page is for officers, and nobody is logged in (or the session has ended)."""

    slug = "not-logged-in"
    title = Phrase("Please log in")
    status = 401

    def __init__(self) -> None:
        super().__init__(Phrase("Your session has ended, or you have not logged in yet."))


class PasswordChangeDue(HubError):
    """The officer still holds a one-time password; nothing else is open until it is changed."""

    slug = "password-change-due"
    title = Phrase("Please choose your password")
    status = 403

    def __init__(self) -> None:
        super().__init__(Phrase("Your one-time password must be changed first."))


class CodeDue(HubError):
    """The password was right; the code of the second factor is still to come, and nothing is open until then."""

    slug = "code-due"
    title = Phrase("Please enter your code")
    status = 403

    def __init__(self) -> None:
        super().__init__(Phrase("The code of your second factor must be entered first."))


class FactorDue(HubError):
    """The authority requires a second factor and this officer has none yet; nothing is open until it is set up."""

    slug = "factor-due"
    title = Phrase("Please set up your second factor")
    status = 403

    def __init__(self) -> None:
        super().__init__(Phrase("A second factor must be set up first."))


class FormExpired(HubError):
    """The form's protection token is missing, forged, or belongs to an earlier session."""

    slug = "form-expired"
    title = Phrase("This form has expired")
    status = 400

    def __init__(self) -> None:
        super().__init__(Phrase("Nothing has been sent. Go back, reload the page and submit the form again."))


class StaleConfirmation(HubError):
    """The confirmation was signed by another key, altered, or made too long ago."""

    slug = "stale-confirmation"
    title = Phrase("This confirmation is no longer valid")
    status = 400


class UnreadableBody(HubError):
    """The body is not one JSON object as RFC 8259 wants it: one meaning only, and no deeper than needed."""

    slug = "unreadable-body"
    title = Phrase("Request not understood")
    status = 400


class WrongContentType(HubError):
    """The body says that it is something else than JSON, or it is compressed."""

    slug = "wrong-content-type"
    title = Phrase("Only JSON is taken here")
    status = 415

    def __init__(self) -> None:
        super().__init__(Phrase("Send the body as it is, with the header Content-Type: application/json."))


class IdempotencyKeyNeeded(HubError):
    """A request that sends an alert came without a usable Idempotency-Key."""

    slug = "idempotency-key-needed"
    title = Phrase("An Idempotency-Key is needed")
    status = 400

    def __init__(self) -> None:
        super().__init__(
            Phrase("Send the header Idempotency-Key: 1 to 200 visible ASCII characters, new ones for each alert.")
        )


class TooManyRequests(HubError):
    """A key or an address asked more often than it may. ``headers`` go with the answer."""

    slug = "too-many-requests"
    title = Phrase("Please wait")
    status = 429

    def __init__(self, seconds: int, why: Phrase | None = None) -> None:
        often = Phrase("This key asks too often. Try again in %(seconds)s seconds.", seconds=seconds)
        super().__init__(why or often)
        self.headers: Mapping[str, str] = {"Retry-After": str(seconds)}
