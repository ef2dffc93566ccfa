"""A server that behaves as Mastodon's documentation says: tokens, limits, idempotency keys, replies, edits.

Source: docs.joinmastodon.org, methods/statuses, methods/instance and methods/accounts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.peers.http_peer import Behaviour, HttpPeer, Received, json_answer

TOKEN = "mastodon-token-of-the-peer"
STATUSES = "/api/v1/statuses"


class MastodonPeer:
    """``statuses`` is what its readers see. ``after_accepting`` replaces the answers to accepted posts, one each.

    ``now`` is the server's own time. ``readable`` is whether the token has the scope ``read:statuses``.
    """

    def __init__(self, peer: HttpPeer, max_characters: int = 500) -> None:
        self.http = peer
        self.url = peer.url
        self.max_characters = max_characters
        self.statuses: dict[str, dict[str, Any]] = {}
        self.posted_at: dict[str, datetime] = {}
        self.now = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
        self.readable = True
        self.keys: dict[str, str] = {}
        self.after_accepting: list[Behaviour] = []
        peer.otherwise = self._behaviour

    def _behaviour(self, request: Received) -> Behaviour:
        if request.path == "/api/v2/instance":
            return json_answer({"configuration": {"statuses": {"max_characters": self.max_characters}}})
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_answer({"error": "The access token is invalid"}, 401)
        if request.method == "GET":
            return self._read(request)
        if request.method == "POST" and request.path == STATUSES:
            return self._post(request)
        if request.method == "PUT" and request.path.startswith(f"{STATUSES}/"):
            return self._edit(request)
        return json_answer({"error": "Record not found"}, 404)

    def _post(self, request: Received) -> Behaviour:
        content = request.json
        parent = content.get("in_reply_to_id")
        if parent is not None and parent not in self.statuses:
            return json_answer({"error": "The post you are trying to reply to does not appear to exist"}, 404)
        if len(content["status"]) > self.max_characters:
            return json_answer({"error": "Validation failed: Text character limit exceeded"}, 422)
        number = self.keys.get(request.headers["idempotency-key"])
        if number is None:
            number = str(109_000 + len(self.statuses))
            self.keys[request.headers["idempotency-key"]] = number
            self.statuses[number] = content
            self.posted_at[number] = self.now
        return self._accepted(number)

    def post(self, text: str, **more: Any) -> str:
        """Somebody posts with the same account; the status's id."""
        number = str(109_000 + len(self.statuses))
        self.statuses[number] = {"status": text, "language": "fr", **more}
        self.posted_at[number] = self.now
        return number

    def _read(self, request: Received) -> Behaviour:
        address = urlsplit(request.path)
        if address.path == "/api/v1/accounts/verify_credentials":
            return json_answer({"id": "1"})
        if not self.readable:
            return json_answer({"error": "This action is outside the authorized scopes"}, 403)
        if address.path == "/api/v1/accounts/1/statuses":
            asked = parse_qs(address.query)
            older = int(asked.get("max_id", ["999999999"])[0])
            newest = [number for number in reversed(self.statuses) if int(number) < older]
            shown = [self._shown(number) for number in newest[: int(asked["limit"][0])]]
            return json_answer(shown, Date=format_datetime(self.now, usegmt=True))
        number = address.path.removeprefix(f"{STATUSES}/").removesuffix("/source")
        if number in self.statuses:
            return json_answer({"id": number, "text": self.statuses[number]["status"], "spoiler_text": ""})
        return json_answer({"error": "Record not found"}, 404)

    def _shown(self, number: str) -> dict[str, Any]:
        status = self.statuses[number]
        return {
            "id": number,
            "created_at": self.posted_at[number].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "url": f"{self.url}/@mairie/{number}",
            "content": f"<p>{escape(status['status'])}</p>",
            "language": status["language"],
        }

    def _edit(self, request: Received) -> Behaviour:
        number = request.path.rpartition("/")[2]
        if number not in self.statuses:
            return json_answer({"error": "Record not found"}, 404)
        self.statuses[number].update(request.json)
        return self._accepted(number)

    def _accepted(self, number: str) -> Behaviour:
        if self.after_accepting:
            return self.after_accepting.pop(0)
        return json_answer({"id": number, "url": f"{self.url}/@mairie/{number}", **self.statuses[number]})
