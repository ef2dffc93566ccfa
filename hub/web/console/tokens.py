"""The confirmation form's token: the draft and the digest of what was shown, signed for one officer."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from hub.alerts import drafts
from hub.alerts.drafts import Draft
from hub.kernel.phrase import Phrase
from hub.web.errors import StaleConfirmation
from hub.web.security import current_officer


def sign(draft: Draft, digest: str, *, planned: bool = False) -> str:
    """The token of what this officer was shown. It carries the draft, so that nothing is lost between two pages.

    One of a later moment (``planned``) opens no door to sending at once: its texts would be wrong.
    """
    return _signer(planned).dumps([current_officer().officer_id, drafts.to_json(draft), digest])


def read(token: str, *, planned: bool = False) -> tuple[Draft, str]:
    """The draft and the digest that were shown. Their age is judged by `hub.alerts.service.trigger`.

    Raises:
        StaleConfirmation: the token was altered, made for somebody else, or by another version of the hub.
    """
    try:
        officer_id, text, digest = _signer(planned).loads(token)
        draft = drafts.from_json(text)
    except (BadSignature, ValueError, TypeError):
        raise StaleConfirmation(_LOST) from None
    if officer_id != current_officer().officer_id:
        raise StaleConfirmation(_LOST)
    return draft, str(digest)


_LOST = Phrase("Nothing has been sent. Go back in your browser to the form: what you typed is still there.")


def _signer(planned: bool) -> URLSafeSerializer:  # noqa: FBT001 - private, one meaning
    return URLSafeSerializer(str(current_app.secret_key), salt="hub.plan" if planned else "hub.confirmation")
