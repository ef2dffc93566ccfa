"""A personal data server that answers as the reference one was seen to answer: sessions, records with keys, limits.

Seen on ``@atproto/pds`` 0.4.217 over its own HTTP; statuses and the names of errors are its own.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import regex

from tests.peers.http_peer import Behaviour, HttpPeer, Received, json_answer

HANDLE = "mairie.rivemont.example"
APP_PASSWORD = "abcd-efgh-ijkl-mnop"
DID = "did:plc:jdzvhqzvnak2w3pasnzc25dy"
POST = "app.bsky.feed.post"
TID = re.compile("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


class BlueskyPeer:
    """``posts`` is what its readers see, by key. ``after_accepting`` replaces the answers to accepted posts, one each.

    ``logins`` and ``renewals`` count; `wear_out` ends the tokens that are out; a ``forgetful`` server does not know the
    tokens that it gives.
    """

    def __init__(self, peer: HttpPeer) -> None:
        self.http = peer
        self.url = peer.url
        self.posts: dict[str, dict[str, Any]] = {}
        self.writes = 0
        self.logins = self.renewals = 0
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.worn: set[str] = set()
        self.forgetful = False
        self.after_accepting: list[Behaviour] = []
        peer.otherwise = self._behaviour

    def wear_out(self, *, refresh: bool = False) -> None:
        """The access tokens are over; the refresh tokens, too, if asked for."""
        self.worn |= self.access
        self.access.clear()
        if refresh:
            self.worn |= self.refresh
            self.refresh.clear()

    def uri(self, rkey: str) -> str:
        return f"at://{DID}/{POST}/{rkey}"

    def cid(self, rkey: str) -> str:
        return "bafyrei" + sha256(json.dumps(self.posts[rkey], sort_keys=True).encode()).hexdigest()[:52]

    def _behaviour(self, request: Received) -> Behaviour:
        name = urlsplit(request.path).path.removeprefix("/xrpc/")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if name == "com.atproto.server.createSession":
            return self._log_in(request.json)
        if name == "com.atproto.server.refreshSession":
            return self._renew(token)
        return self._called(name, request) if token in self.access else self._stranger(token)

    def _called(self, name: str, request: Received) -> Behaviour:
        if name == "com.atproto.server.getSession":
            return json_answer({"did": DID, "handle": HANDLE, "active": True})
        if name == "com.atproto.repo.getRecord":
            return self._get(dict(parse_qsl(urlsplit(request.path).query)))
        if name == "com.atproto.repo.putRecord":
            return self._put(request.json)
        return wrong("MethodNotImplemented", "Method Not Implemented", 501)

    def _log_in(self, content: dict[str, str]) -> Behaviour:
        if (content["identifier"], content["password"]) != (HANDLE, APP_PASSWORD):
            return wrong("AuthenticationRequired", "Invalid identifier or password", 401)
        self.logins += 1
        return self._tokens()

    def _renew(self, token: str) -> Behaviour:
        if token not in self.refresh:
            return self._stranger(token)
        self.refresh.discard(token)
        self.renewals += 1
        return self._tokens()

    def _tokens(self) -> Behaviour:
        number = self.logins + self.renewals
        access, refresh = f"access-{number}", f"refresh-{number}"
        if not self.forgetful:
            self.access.add(access)
            self.refresh.add(refresh)
        return json_answer({"accessJwt": access, "refreshJwt": refresh, "did": DID, "handle": HANDLE, "active": True})

    def _stranger(self, token: str) -> Behaviour:
        if not token:
            return wrong("AuthMissing", "Authentication Required", 401)
        if token in self.worn:
            return wrong("ExpiredToken", "Token has expired")
        return wrong("InvalidToken", "Token could not be verified")

    def _get(self, asked: dict[str, str]) -> Behaviour:
        rkey = asked["rkey"]
        if asked["repo"] not in {DID, HANDLE}:
            return wrong("UpstreamFailure", "Upstream service unreachable", 502)
        if asked["collection"] != POST or rkey not in self.posts:
            return wrong("RecordNotFound", f"Could not locate record: {self.uri(rkey)}")
        return json_answer({"uri": self.uri(rkey), "cid": self.cid(rkey), "value": self.posts[rkey]})

    def _put(self, content: dict[str, Any]) -> Behaviour:
        rkey, record = content["rkey"], content["record"]
        if content["repo"] != DID:
            return wrong("AuthenticationRequired", "Authentication Required", 401)
        if not TID.fullmatch(rkey):
            return wrong("InvalidRequest", f"Invalid record key for {POST}: Invalid TID string")
        if len(regex.findall(r"\X", record["text"])) > 300 or len(record["text"].encode()) > 3000:
            return wrong("InvalidRequest", f"Invalid {POST} record: grapheme too big (maximum 300) at $.record.text")
        if self.posts.get(rkey) != record:
            self.writes += 1
        self.posts[rkey] = record
        if self.after_accepting:
            return self.after_accepting.pop(0)
        return json_answer({"uri": self.uri(rkey), "cid": self.cid(rkey), "validationStatus": "valid"})


def wrong(error: str, message: str, status: int = 400, **headers: str) -> Behaviour:
    return json_answer({"error": error, "message": message}, status, **headers)
