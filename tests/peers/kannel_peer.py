"""An SMS gateway that answers as Kannel's smsbox was seen to answer, over GET and over its own POST.

Seen on Kannel 1.4.5 with its ``fakesmsc``; statuses and sentences are its own.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from tests.peers.http_peer import Behaviour, HttpPeer, Received, answer

PATH = "/cgi-bin/sendsms"
USERNAME, PASSWORD = "tocsin", "kannel-password-of-the-peer"
ACCEPTED, QUEUED = "0: Accepted for delivery", "3: Queued for later delivery"


class KannelPeer:
    """``sent`` is what phones get, in order. ``after_accepting`` replaces the answers to accepted ones, one each.

    ``operator``: whether the operator's centre is there. ``unroutable`` are numbers that it has no way to.
    """

    def __init__(self, peer: HttpPeer) -> None:
        self.http = peer
        self.url = peer.url + PATH
        self.sent: list[dict[str, str]] = []
        self.operator = True
        self.unroutable: set[str] = set()
        self.after_accepting: list[Behaviour] = []
        peer.otherwise = self._behaviour

    def _behaviour(self, request: Received) -> Behaviour:
        address = urlsplit(request.path)
        if address.path != PATH:
            return said(404, "Unknown request.")
        if request.method == "GET":
            asked = dict(parse_qsl(address.query, keep_blank_values=True, encoding="utf-8"))
        elif request.headers.get("content-type", "").startswith("text/plain"):
            own = {name.removeprefix("x-kannel-"): value for name, value in request.headers.items()}
            asked = {**own, "text": request.body.decode()}
        else:
            return said(400, "Invalid content-type")
        if (asked.get("username"), asked.get("password")) != (USERNAME, PASSWORD):
            return said(403, "Authorization failed for sendsms")
        return self._take(asked)

    def _take(self, asked: dict[str, str]) -> Behaviour:
        if not asked.get("to"):
            return said(400, "Missing receiver number, rejected")
        if not asked.get("from"):
            return said(400, "Sender missing and no global set, rejected")
        if asked["to"] in self.unroutable:
            return said(403, "Not routable. Do not try again.")
        self.sent.append({key: asked[key] for key in ("from", "to", "text", "coding", "validity")})
        if self.after_accepting:
            return self.after_accepting.pop(0)
        return said(202, ACCEPTED if self.operator else QUEUED)


def said(status: int, sentence: str) -> Behaviour:
    return answer(status, sentence.encode(), Content_Type="text/html")
