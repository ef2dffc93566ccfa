"""The way out to HTTP, against a real server on loopback that misbehaves."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.kernel.http import (
    LARGEST_ANSWER,
    AddressRefused,
    AnswerLost,
    AnswerTooLarge,
    BulkClient,
    GuardedClient,
    HttpFailure,
    NotSent,
    tls_context,
)
from tests.peers import http_peer as peers
from tests.peers.certificates import Certificates, make_certificates
from tests.peers.http_peer import HttpPeer, running_http_peer

LOOPBACK = ("127.0.0.0/8", "::1/128")
SHORT = 0.5
LONG = 20.0

Engine = type[GuardedClient] | type[BulkClient]
Client = GuardedClient | BulkClient


@pytest.fixture(params=[GuardedClient, BulkClient], ids=["requests", "bulk"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with running_http_peer() as running:
        yield running


@pytest.fixture
def client(engine: Engine) -> Client:
    return engine(LOOPBACK)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def test_a_request_goes_out_byte_for_byte_and_the_answer_comes_back(peer: HttpPeer, client: Client) -> None:
    peer.script.append(peers.answer(201, b"caf\xc3\xa9", X_Proof="7", Content_Type="text/plain; charset=utf-8"))
    response = client.request("POST", f"{peer.url}/a?b=c", deadline=LONG, headers={"X-Mine": "1"}, data=b"\x00\xff")
    assert (response.status_code, response.content.decode(), response.headers["x-proof"]) == (201, "café", "7")
    (request,) = peer.requests
    assert (request.method, request.path, request.body, request.headers["x-mine"]) == (
        "POST",
        "/a?b=c",
        b"\x00\xff",
        "1",
    )
    assert request.headers["host"] == f"127.0.0.1:{peer.port}"


def test_one_thread_keeps_its_connection(peer: HttpPeer, client: Client) -> None:
    for _ in range(5):
        client.request("GET", peer.url, deadline=LONG)
    assert (len(peer.requests), peer.connections) == (5, 1)


def test_many_threads_share_a_client(peer: HttpPeer, client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.request("POST", peer.url, deadline=LONG, data=b"x"), range(200)))
    assert {response.status_code for response in answers} == {200}
    assert (len(peer.requests), peer.connections <= 8) == (200, True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(peer: HttpPeer, client: Client, status: int) -> None:
    peer.script.append(peers.redirect(status, f"{peer.url}/elsewhere"))
    response = client.request("POST", peer.url, deadline=LONG, data=b"secret", headers={"X-Key": "k"})
    assert (response.status_code, [request.path for request in peer.requests]) == (status, ["/"])


def test_cookies_are_not_kept(peer: HttpPeer, client: Client) -> None:
    peer.script.append(peers.answer(200, b"", Set_Cookie="session=1; Path=/"))
    for _ in range(2):
        client.request("GET", peer.url, deadline=LONG)
    assert "cookie" not in peer.requests[1].headers


def test_proxies_of_the_environment_are_ignored(
    peer: HttpPeer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client.request("GET", peer.url, deadline=LONG).status_code == 200


@pytest.mark.parametrize(
    "behaviour",
    [
        peers.hang(),
        peers.header_drip(),
        peers.body_drip(),
        peers.body_drip(with_length=False),
    ],
    ids=["hang", "header drip", "body drip", "body drip without length"],
)
def test_the_total_deadline_ends_whatever_trickles(peer: HttpPeer, client: Client, behaviour: peers.Behaviour) -> None:
    peer.script.append(behaviour)
    with pytest.raises(AnswerLost, match=r"no complete answer within 0\.5 s"):
        client.request("POST", peer.url, deadline=SHORT, data=b"x")
    assert len(peer.requests) == 1
    assert client.request("GET", peer.url, deadline=LONG).status_code == 200


@pytest.mark.parametrize(
    "behaviour",
    [
        peers.close_after_request(),
        peers.reset_after_request(),
        peers.cut_body(),
        peers.cut_head(),
        peers.endless_head(),
        peers.answer(200, b"not gzip", Content_Encoding="gzip"),
        peers.chunked(b"half", end=b""),
        peers.bare(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        peers.bare(b"220 mail.example ESMTP\r\n"),
    ],
    ids=["close", "reset", "cut body", "cut head", "endless head", "false gzip", "cut chunks", "interim", "no HTTP"],
)
def test_a_request_that_was_written_and_not_answered_is_lost_not_unsent(
    peer: HttpPeer, client: Client, behaviour: peers.Behaviour
) -> None:
    peer.script.append(behaviour)
    with pytest.raises(AnswerLost, match="without a complete, valid answer"):
        client.request("POST", peer.url, deadline=LONG, data=b"x")
    assert len(peer.requests) == 1
    assert client.request("GET", peer.url, deadline=LONG).status_code == 200


@pytest.mark.parametrize("behaviour", [peers.large(10), peers.gzip_bomb(50)], ids=["10 MB", "gzip bomb"])
def test_a_large_answer_is_not_taken_in(peer: HttpPeer, client: Client, behaviour: peers.Behaviour) -> None:
    peer.script.append(behaviour)
    tracemalloc.start()
    with pytest.raises(AnswerTooLarge):
        client.request("POST", peer.url, deadline=LONG, data=b"x")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * LARGEST_ANSWER  # several buffers of that size, never the 50 MB


def test_an_answer_of_exactly_the_limit_is_taken_in(peer: HttpPeer, client: Client) -> None:
    peer.script.extend([peers.large(1), peers.answer(200, b"x" * (LARGEST_ANSWER + 1))])
    assert len(client.request("GET", peer.url, deadline=LONG).content) == LARGEST_ANSWER
    with pytest.raises(AnswerTooLarge):
        client.request("GET", peer.url, deadline=LONG)


WHOLE = [
    (peers.chunked(b"ab", b"c" * 70_000), b"ab" + b"c" * 70_000, 1),
    (peers.bare(b"HTTP/1.0 200 OK\r\n\r\nabc", stays=False), b"abc", 2),
    (peers.bare(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"), b"abc", 2),
    (peers.bare(b"HTTP/1.1 204 No Content\r\n\r\n"), b"", 1),
    (peers.answer(200, gzip.compress(b"abc"), Content_Encoding="gzip"), b"abc", 1),
]


@pytest.mark.parametrize(
    ("behaviour", "body", "connections"), WHOLE, ids=["chunked", "HTTP/1.0", "told to close", "no body", "gzip"]
)
def test_whole_answers_and_the_connection_after_them(
    peer: HttpPeer, client: Client, behaviour: peers.Behaviour, body: bytes, connections: int
) -> None:
    peer.script.append(behaviour)
    assert client.request("POST", peer.url, deadline=LONG, data=b"x").content == body
    assert client.request("GET", peer.url, deadline=LONG).status_code == 200
    assert peer.connections == connections


def test_a_connection_that_died_while_it_was_idle_is_not_used(client: Client) -> None:
    with running_http_peer() as peer:
        assert client.request("POST", peer.url, deadline=LONG, data=b"x").status_code == 200
    with pytest.raises(NotSent, match="refused the connection"):
        client.request("POST", peer.url, deadline=LONG, data=b"x")


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_what_fails_before_the_first_byte_is_not_sent(client: Client) -> None:
    with pytest.raises(NotSent, match="refused the connection"):
        client.request("POST", f"http://127.0.0.1:{unused_port()}", deadline=LONG, data=b"x")
    with pytest.raises(NotSent, match=r"nobody\.invalid cannot be found"):
        client.request("POST", "https://nobody.invalid/", deadline=LONG, data=b"x")


def test_a_host_that_does_not_take_the_connection_is_left_at_the_deadline(client: Client) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:  # fill the queue of connections: the next one gets no answer
            sock.setblocking(False)
            sock.connect_ex(address)
        with pytest.raises(NotSent, match=r"within 0\.5 s"):
            client.request("POST", f"http://127.0.0.1:{address[1]}", deadline=SHORT, data=b"x")
        for sock in waiting:
            sock.close()


def test_a_header_that_cannot_be_written_is_not_sent(peer: HttpPeer, client: Client) -> None:
    for value in ("a\r\nX-Injected: 1", "\U0001f6a8"):
        with pytest.raises(NotSent):
            client.request("POST", peer.url, deadline=LONG, headers={"X-Mine": value}, data=b"x")
    assert peer.requests == []


# --- addresses

ADDRESSES_REFUSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://①②⑦.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://93.184.216.34:8443/",
    "http://93.184.216.34:6379/",
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "http:///nothing",
    "http://user:password@93.184.216.34/",
    "http://93.184.216.34:99999/",
    "http://exa mple.org/",
    "https://example.org/#part",
    "https://example.org/" + "a" * 2000,
    "//example.org/",
    "",
]


@pytest.mark.parametrize("url", ADDRESSES_REFUSED)
def test_addresses_that_are_never_connected_to(engine: Engine, url: str) -> None:
    with pytest.raises(AddressRefused):
        engine().request("POST", url, deadline=LONG, data=b"x")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"])
def test_loopback_by_any_name_is_not_touched_without_permission(peer: HttpPeer, engine: Engine, host: str) -> None:
    with pytest.raises(HttpFailure):
        engine(["10.0.0.0/8"]).request("POST", f"http://{host}:{peer.port}/", deadline=LONG, data=b"x")
    assert (peer.connections, peer.requests) == (0, [])


def test_clients_with_different_permissions_share_no_connection(peer: HttpPeer, engine: Engine, client: Client) -> None:
    client.request("GET", peer.url, deadline=LONG)
    with pytest.raises(AddressRefused):
        engine().request("GET", peer.url, deadline=LONG)


# --- TLS


def test_a_verified_server_is_talked_to_and_no_authority_is_loaded_again(
    certificates: Certificates, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = engine(LOOPBACK, extra_ca_file=certificates.ca_file)

    def loaded_again(*_: object) -> None:
        pytest.fail("the authorities were loaded again")

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", loaded_again)
    with running_http_peer(certificates.good) as peer:
        for _ in range(2):
            assert client.request("POST", peer.url, deadline=LONG, data=b"x").status_code == 200
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: client.request("GET", peer.url, deadline=LONG), range(20)))
    assert {response.status_code for response in answers} == {200}
    assert tls_context(certificates.ca_file) is tls_context(certificates.ca_file)
    assert tls_context(certificates.ca_file).verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("fault", ["unknown authority", "other name", "expired", "no TLS"])
def test_nothing_is_written_over_tls_that_is_not_verified(
    certificates: Certificates, engine: Engine, fault: str
) -> None:
    context = {
        "unknown authority": certificates.good,
        "other name": certificates.other_name,
        "expired": certificates.expired,
        "no TLS": None,
    }[fault]
    client = engine(LOOPBACK, extra_ca_file=None if fault == "unknown authority" else certificates.ca_file)
    with running_http_peer(context) as peer:
        with pytest.raises(NotSent, match="secure connection"):
            client.request("POST", f"https://127.0.0.1:{peer.port}/", deadline=LONG, data=b"x")
        assert peer.requests == []


def test_a_handshake_that_never_comes_ends_at_the_deadline(certificates: Certificates, engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = engine(LOOPBACK, extra_ca_file=certificates.ca_file)
        with pytest.raises(NotSent):
            client.request("POST", f"https://127.0.0.1:{silent.getsockname()[1]}/", deadline=SHORT, data=b"x")


@pytest.mark.parametrize("behaviour", [peers.body_drip(), peers.header_drip(), peers.hang()])
def test_the_deadline_holds_over_tls(certificates: Certificates, engine: Engine, behaviour: peers.Behaviour) -> None:
    client = engine(LOOPBACK, extra_ca_file=certificates.ca_file)
    with running_http_peer(certificates.good) as peer:
        peer.script.append(behaviour)
        with pytest.raises(AnswerLost):
            client.request("POST", peer.url, deadline=SHORT, data=b"x")
        assert client.request("POST", peer.url, deadline=LONG, data=b"x").status_code == 200


def test_an_old_deadline_does_not_hit_a_later_request_on_the_same_connection(peer: HttpPeer, client: Client) -> None:
    client.request("GET", peer.url, deadline=0.3)
    passed = threading.Event()
    peer.script.append(lambda line, request: (passed.wait(0.6), peers.answer(200, b"late")(line, request))[1])
    assert client.request("GET", peer.url, deadline=LONG).content == b"late"
    assert peer.connections == 1


def test_one_watchdog_thread_serves_all_requests(peer: HttpPeer, client: Client, tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: client.request("GET", peer.url, deadline=LONG), range(64)))
    assert [thread.name for thread in threading.enumerate()].count("deadline-watchdog") == 1
