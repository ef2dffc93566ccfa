"""Bluesky: one post a message through the personal data server of one account.

A post is a record, and whoever writes it chooses its key. Ours is made of the idempotency key, and ``putRecord`` puts
the record of a key in its place: repeating an attempt, at any time, writes the same bytes over themselves; the server
answers with the same address and digest, and no reader sees a second post. (``createRecord`` answers a repeat with
500.) For the same reason the server can be asked about a message by its key.

Sources: the lexicons ``app.bsky.feed.post``, ``app.bsky.richtext.facet``, ``com.atproto.repo.*``; see also
`hub.channels.atproto`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any, ClassVar

import marshmallow as ma

from hub.channels.atproto import Account, before_it, error_of, tid
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
from hub.channels.http import SUCCESS, json_object
from hub.channels.setting_checks import is_origin
from hub.channels.text import BLUESKY_BYTES, BLUESKY_GRAPHEMES, count, graphemes, hashtags, links
from hub.kernel.http import Answer
from hub.kernel.phrase import Phrase
from hub.kernel.secret import SecretField

POST = "app.bsky.feed.post"
FACET = "app.bsky.richtext.facet"
# atproto.com/specs/handle: a domain name whose last label does not begin with a digit.
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HANDLE = re.compile(rf"(?=.{{1,253}}\Z)(?:{LABEL}\.)+(?![0-9]){LABEL}")
AT_URI = re.compile(rf"at://(?P<repo>did:[a-z]+:[\w.:%-]+)/{re.escape(POST)}/(?P<rkey>[\w.~:-]{{1,512}})", re.ASCII)
CHECK_SECONDS = 10.0


def _is_handle(handle: str) -> None:
    if not HANDLE.fullmatch(handle):
        msg = "expected the name of the account without @, such as rivemont.bsky.social or rivemont.example"
        raise ma.ValidationError(msg)


class BlueskySettings(ma.Schema):
    """``service`` is the server of the account, ``handle`` its name, ``password`` an app password made for this hub."""

    service = ma.fields.String(load_default="https://bsky.social", validate=is_origin)
    handle = ma.fields.String(required=True, validate=_is_handle)
    password = SecretField(required=True)


class Bluesky(ChannelAdapter):
    """Posts to one account in one language."""

    kind: ClassVar[str] = "bluesky"
    label: ClassVar[Phrase] = Phrase("Bluesky")
    form: ClassVar[str] = "bluesky"
    multilingual: ClassVar[bool] = False
    single: ClassVar[bool] = True
    idempotent: ClassVar[bool] = True
    can_reply: ClassVar[bool] = True
    can_read_back: ClassVar[bool] = True
    settings_schema: ClassVar[type[ma.Schema]] = BlueskySettings

    def __init__(
        self, channel_id: str, settings: Mapping[str, Any], languages: tuple[str, ...], hub: Surroundings
    ) -> None:
        super().__init__(channel_id, settings, languages, hub)
        self.account = Account(hub, settings["service"], settings["handle"], settings["password"])

    def render(self, message: OutboundMessage) -> Body:
        """The record, whole but for what it replies to. Its time is that of the message, the same in each attempt."""
        (text,) = self.texts(message)
        if not count(self.form, text.text).fits:
            used, size = graphemes(text.text), len(text.text.encode())
            reason = Phrase(
                "the text has %(used)s characters and %(size)s bytes, a post takes %(limit)s and %(bytes)s",
                used=used,
                size=size,
                limit=BLUESKY_GRAPHEMES,
                bytes=BLUESKY_BYTES,
            )
            raise PermanentChannelError(reason)
        record = {
            "$type": POST,
            "text": text.text,
            "langs": [text.language],
            "createdAt": message.sent.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        facets = _facets(text.text)
        return {"record": {**record, "facets": facets} if facets else record}

    def preview(self, body: Body) -> list[PreviewPart]:
        """The post with its length as Bluesky counts it."""
        record = body["record"]
        title, text = LANGUAGE_NAMES[record["langs"][0]], record["text"]
        return [PreviewPart(title, text, graphemes(text), BLUESKY_GRAPHEMES, Phrase("characters"))]

    def send(self, outgoing: Outgoing) -> Acceptance:
        """Puts the post in its place; a follow-up replies to the post before.

        A correction must go out even if somebody has deleted what it corrects, or the account is another one now: it
        is then posted on its own.
        """
        end = monotonic() + outgoing.deadline
        record = outgoing.body["record"]
        with before_it():
            did = self.account.session(end).did
            reply = self._reply(outgoing.follows, did, end)
        rkey = _rkey(outgoing)
        content = {"repo": did, "collection": POST, "rkey": rkey, "record": {**record, **reply}}
        answer = self.account.call("POST", "com.atproto.repo.putRecord", end, content=content)
        return self._accepted(answer, did, rkey)

    def read_back(self, outgoing: Outgoing) -> Acceptance | None:
        """Asks for the record with this message's key.

        Raises:
            TransientChannelError, UnknownOutcomeError: the server cannot be asked now.
            PermanentChannelError: it does not let us in.
        """
        end = monotonic() + outgoing.deadline
        did, rkey = self.account.session(end).did, _rkey(outgoing)
        answer = self._record(did, rkey, end)
        return None if answer is None else self._accepted(answer, did, rkey)

    def check(self) -> Phrase | None:
        """Does the session hold? Logs in where there is none, and where the server has ended it."""
        try:
            answer = self.account.call("GET", "com.atproto.server.getSession", monotonic() + CHECK_SECONDS)
        except ChannelError as error:
            return error.reason
        return None if answer.status_code in SUCCESS else self.account.refusal(answer).reason

    def _reply(self, follows: Acceptance | None, did: str, end: float) -> dict[str, Any]:
        """What ties a post to the one before and to the first of the thread; nothing where none of ours is there."""
        known = AT_URI.fullmatch(follows.remote_id) if follows else None
        answer = self._record(did, known["rkey"], end) if known and known["repo"] == did else None
        if answer is None:
            return {}
        before = json_object(answer)
        parent = _reference(before)
        if parent is None:
            raise UnknownOutcomeError(Phrase("the server answered without the post before"))
        value = before.get("value")
        above = value.get("reply") if isinstance(value, dict) else None
        first = _reference(above.get("root")) if isinstance(above, dict) else None
        return {"reply": {"root": first or parent, "parent": parent}}

    def _record(self, did: str, rkey: str, end: float) -> Answer | None:
        """A post of ours; ``None`` if there is none with this key."""
        query = {"repo": did, "collection": POST, "rkey": rkey}
        answer = self.account.call("GET", "com.atproto.repo.getRecord", end, query=query)
        if error_of(answer) == "RecordNotFound":
            return None
        if answer.status_code not in SUCCESS:
            raise self.account.refusal(answer)
        return answer

    def _accepted(self, answer: Answer, did: str, rkey: str) -> Acceptance:
        """The proof: the record's address, which must be the one that we chose, and its digest.

        Raises:
            UnknownOutcomeError: the answer holds another one, or none.
        """
        if answer.status_code not in SUCCESS:
            raise self.account.refusal(answer)
        there, wanted = _reference(json_object(answer)), f"at://{did}/{POST}/{rkey}"
        if there is None or there["uri"] != wanted:
            raise UnknownOutcomeError(Phrase("the server answered without the address of the post"))
        return Acceptance(wanted, f"https://bsky.app/profile/{self.settings['handle']}/post/{rkey}")


def _rkey(outgoing: Outgoing) -> str:
    return tid(datetime.fromisoformat(outgoing.body["record"]["createdAt"]), outgoing.idempotency_key)


def _reference(found: Any) -> dict[str, str] | None:
    """Address and digest of a record (``com.atproto.repo.strongRef``)."""
    if not isinstance(found, dict):
        return None
    uri, cid = found.get("uri"), found.get("cid")
    return {"uri": uri, "cid": cid} if isinstance(uri, str) and isinstance(cid, str) and uri and cid else None


def _facets(text: str) -> list[dict[str, Any]]:
    """What readers can press: web addresses and hashtags. Places count in bytes of UTF-8.

    Nothing becomes a mention: on Bluesky an ``@`` calls nobody unless a facet says so.
    """
    pressed = [(place, {"$type": f"{FACET}#link", "uri": text[slice(*place)]}) for place in links(text)]
    pressed += [(place, {"$type": f"{FACET}#tag", "tag": text[place[0] + 1 : place[1]]}) for place in hashtags(text)]
    return [
        {"index": {"byteStart": _bytes(text, place[0]), "byteEnd": _bytes(text, place[1])}, "features": [feature]}
        for place, feature in sorted(pressed, key=lambda one: one[0])
    ]


def _bytes(text: str, characters: int) -> int:
    return len(text[:characters].encode())
