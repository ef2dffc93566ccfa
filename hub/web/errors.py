"""Refusals that only a web surface can make."""

from __future__ import annotations

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
