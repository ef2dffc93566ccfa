"""Mastodon: one status a message through the REST API of one account.

Sources: docs.joinmastodon.org, methods/statuses (``Idempotency-Key`` is kept for one hour; a status can be edited by
PUT), methods/instance (``/api/v2/instance`` tells the limits of a server), methods/accounts (an account's statuses,
newest first, in pages of at most 40) and methods/statuses#source (the text as it was posted; a status itself is HTML).
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, ClassVar

import marshmallow as ma

from hub.channels.contract import (
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelAdapter,
    ChannelError,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    PreviewPart,
    Surroundings,
    UnknownOutcomeError,
)
from hub.channels.http import exchange, json_object
from hub.channels.setting_checks import is_origin
from hub.channels.text import MASTODON_LIMIT, mastodon_length
from hub.kernel.http import Answer
from hub.kernel.phrase import Phrase
from hub.kernel.secret import SecretField

# Mastodon takes "@name" for a mention unless a letter, digit, "=" or "/" stands before it.
MENTION = re.compile(r"(?<![=/\w])@(?=\w)")
# Looks the same and pings nobody.
FULLWIDTH_AT = "\uff20"
CHECK_SECONDS = 10.0
STATUSES = "/api/v1/statuses"
PAGE = 40
# An account that posted more than this since an attempt is looked through by a person.
MOST_PAGES = 5
# An answer's `Date` tells how far the server's clock is from ours; this much is left for the exchange itself.
CLOCK_TOLERANCE = timedelta(minutes=1)
SHORTEST_DEADLINE = 0.1


class MastodonSettings(ma.Schema):
    """``server`` is the address of the instance, ``token`` needs the scopes ``write:statuses`` and ``read:accounts``.

    With the scope ``read:statuses``, too, unknown outcomes are settled by reading back.

    ``follow_ups``: an update, a correction or a cancellation is a ``reply`` to the status before (readers are notified,
    and both stay) or an ``edit`` of it.
    """

    server = ma.fields.String(required=True, validate=is_origin)
    token = SecretField(required=True)
    visibility = ma.fields.String(load_default="public", validate=ma.validate.OneOf(("public", "unlisted", "private")))
    follow_ups = ma.fields.String(load_default="reply", validate=ma.validate.OneOf(("reply", "edit")))


class Mastodon(ChannelAdapter):
    """Posts to one account in one language."""

    kind: ClassVar[str] = "mastodon"
    label: ClassVar[Phrase] = Phrase("Mastodon")
    form: ClassVar[str] = "mastodon"
    multilingual: ClassVar[bool] = False
    single: ClassVar[bool] = True
    idempotent: ClassVar[bool] = True
    # The server forgets a key after one hour; ten minutes are left for clocks and for the last attempt.
    idempotency_window: ClassVar[timedelta | None] = timedelta(minutes=50)
    can_edit: ClassVar[bool] = True
    can_read_back: ClassVar[bool] = True
    can_reply: ClassVar[bool] = True
    settings_schema: ClassVar[type[ma.Schema]] = MastodonSettings

    def __init__(
        self, channel_id: str, settings: Mapping[str, Any], languages: tuple[str, ...], hub: Surroundings
    ) -> None:
        super().__init__(channel_id, settings, languages, hub)
        self.limit = MASTODON_LIMIT

    def render(self, message: OutboundMessage) -> Body:
        """The status. ``limit`` is only shown: what the server takes is asked by `check`."""
        (text,) = self.texts(message)
        status = MENTION.sub(FULLWIDTH_AT, text.text)
        used = mastodon_length(status)
        if used > self.limit:
            raise PermanentChannelError(
                Phrase("the text has %(used)s characters, the server takes %(limit)s", used=used, limit=self.limit)
            )
        return {"status": status, "language": text.language, "visibility": self.settings["visibility"]}

    def preview(self, body: Body) -> list[PreviewPart]:
        """The status with its length as the server counts it."""
        status = body["status"]
        title = LANGUAGE_NAMES[body["language"]]
        return [PreviewPart(title, status, mastodon_length(status), self.limit, Phrase("characters"))]

    def send(self, outgoing: Outgoing) -> Acceptance:
        """Posts the status; a follow-up replies to the status before or replaces it, as the settings say.

        A correction must go out even if somebody has deleted what it corrects: the server then refuses the reply (404)
        before it takes anything in, and the status is posted on its own.
        """
        earlier = outgoing.follows
        if earlier is None:
            return self._post(outgoing)
        if self.settings["follow_ups"] == "edit":
            return self.edit(outgoing, earlier)
        return self._reply(outgoing, earlier)

    def edit(self, outgoing: Outgoing, earlier: Acceptance) -> Acceptance:
        """Replaces the text of an earlier status; posts anew if it is gone. Repeating an edit changes nothing."""
        changed = {"status": outgoing.body["status"], "language": outgoing.body["language"]}
        started = monotonic()
        response = self._call("PUT", f"{STATUSES}/{_number(earlier.remote_id)}", outgoing, changed)
        if response.status_code == HTTPStatus.NOT_FOUND:
            return self._post(_rest(outgoing, started))
        accepted = _accepted(response)
        if accepted.remote_id != earlier.remote_id:
            raise UnknownOutcomeError(Phrase("the server answered with another status than the one that was edited"))
        return accepted

    def check(self) -> Phrase | None:
        """Is the token good? Also learns how long a status may be on this server."""
        try:
            limits = json_object(self._get("/api/v2/instance"))
            self._get("/api/v1/accounts/verify_credentials")
        except ChannelError as error:
            return error.reason
        found: Any = limits
        for key in ("configuration", "statuses", "max_characters"):
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, int) and found > 0:
            self.limit = found
        return None

    def read_back(self, outgoing: Outgoing) -> Acceptance | None:
        """Looks for the status among those that the account has posted since the first attempt.

        The API does not give an idempotency key back, so that the text is compared, as it was posted: the server only
        takes white space off its ends.

        Raises:
            TransientChannelError, UnknownOutcomeError: the server cannot be asked now.
            PermanentChannelError: it does not let us read, or the account has posted too much since.
        """
        end = monotonic() + outgoing.deadline
        earlier = outgoing.follows
        if earlier is not None and self.settings["follow_ups"] == "edit":
            edited = self._source(_number(earlier.remote_id), end)
            if edited is not None:
                return earlier if edited == outgoing.body["status"].strip() else None
        for status in self._since(outgoing.first_attempt_at, end):
            if status.get("language") in (None, outgoing.body["language"]):
                number = status["id"]
                if self._source(number, end) == outgoing.body["status"].strip():
                    address = status.get("url")
                    return Acceptance(number, address if isinstance(address, str) else "")
        return None

    def _since(self, moment: datetime, end: float) -> Iterator[dict[str, Any]]:
        """The account's own statuses, newest first, back to ``moment`` by the clock of the hub."""
        account = _number(json_object(self._get("/api/v1/accounts/verify_credentials", end)).get("id"))
        address, older = f"/api/v1/accounts/{account}/statuses?limit={PAGE}&exclude_reblogs=true", ""
        for _ in range(MOST_PAGES):
            response = self._get(address + older, end)
            since = moment + _ahead(response, self.hub.clock.now()) - CLOCK_TOLERANCE
            page = _page(response)
            for status in page:
                if _created(status) < since:
                    return
                yield status
            if len(page) < PAGE:
                return
            older = f"&max_id={_number(page[-1]['id'])}"
        raise PermanentChannelError(Phrase("the account has posted too much since; it must be looked for by hand"))

    def _source(self, number: str, end: float) -> str | None:
        """The text of a status as it was posted; ``None`` if the status is gone."""
        response = self._get(f"{STATUSES}/{number}/source", end, (HTTPStatus.NOT_FOUND,))
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        text = json_object(response).get("text")
        if not isinstance(text, str):
            raise UnknownOutcomeError(Phrase("the server answered without the text of the status"))
        return text.strip()

    def _post(self, outgoing: Outgoing) -> Acceptance:
        response = self._call("POST", STATUSES, outgoing, outgoing.body)
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise PermanentChannelError(Phrase("there is no Mastodon server at this address (404)"))
        return _accepted(response)

    def _reply(self, outgoing: Outgoing, earlier: Acceptance) -> Acceptance:
        started = monotonic()
        response = self._call("POST", STATUSES, outgoing, {**outgoing.body, "in_reply_to_id": earlier.remote_id})
        if response.status_code == HTTPStatus.NOT_FOUND:
            return self._post(_rest(outgoing, started))
        return _accepted(response)

    def _call(self, method: str, path: str, outgoing: Outgoing, content: Mapping[str, Any]) -> Answer:
        headers = {
            **self._authorization(),
            "Content-Type": "application/json",
            "Idempotency-Key": outgoing.idempotency_key,
        }
        return exchange(
            self.hub,
            method,
            self.settings["server"] + path,
            deadline=outgoing.deadline,
            headers=headers,
            data=json.dumps(dict(content), ensure_ascii=False).encode(),
            also=(HTTPStatus.NOT_FOUND,),
        )

    def _get(self, path: str, end: float | None = None, also: Container[int] = ()) -> Answer:
        left = CHECK_SECONDS if end is None else max(end - monotonic(), SHORTEST_DEADLINE)
        address = self.settings["server"] + path
        return exchange(self.hub, "GET", address, deadline=left, headers=self._authorization(), also=also)

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings['token'].reveal()}"}


def _accepted(response: Answer) -> Acceptance:
    """The proof: a status with its id.

    Raises:
        UnknownOutcomeError: the answer holds none.
    """
    status = json_object(response)
    number, address = status.get("id"), status.get("url")
    if not isinstance(number, str) or not _is_number(number):
        raise UnknownOutcomeError(Phrase("the server answered without the id of a status"))
    return Acceptance(remote_id=number, remote_url=address if isinstance(address, str) else "")


def _page(response: Answer) -> list[dict[str, Any]]:
    """The statuses in an answer.

    Raises:
        UnknownOutcomeError: it holds something else.
    """
    try:
        page = response.json()
    except (ValueError, RecursionError):
        page = None
    if not isinstance(page, list) or not all(isinstance(one, dict) and _is_number(one.get("id")) for one in page):
        raise UnknownOutcomeError(Phrase("the server answered without a list of statuses"))
    return page


def _created(status: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(status["created_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownOutcomeError(Phrase("the server answered without the time of a status")) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ahead(response: Answer, now: datetime) -> timedelta:
    """How far the server's clock is ahead of ours (RFC 9110 6.6.1: ``Date``)."""
    try:
        moment = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError) as error:
        raise PermanentChannelError(Phrase("the server does not tell its time")) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isalnum()


def _rest(outgoing: Outgoing, started: float) -> Outgoing:
    """The same attempt with the time that a first request has left of it."""
    return replace(outgoing, deadline=max(outgoing.deadline - (monotonic() - started), SHORTEST_DEADLINE))


def _number(remote_id: object) -> str:
    """An id on its way into an address.

    Raises:
        PermanentChannelError: it is not one.
    """
    if not isinstance(remote_id, str) or not _is_number(remote_id):
        raise PermanentChannelError(Phrase("the earlier status has no usable id"))
    return remote_id
