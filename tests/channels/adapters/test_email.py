"""E-mail, against a real SMTP server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

import marshmallow as ma
import pytest

from hub.channels.adapters.email import Email
from hub.channels.contract import (
    Acceptance,
    ChannelError,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import TEXTS, attempt, follow_up, message, texts
from tests.peers.certificates import Certificates
from tests.peers.smtp_peer import PASSWORD, USER, SmtpPeer, running_smtp_peer

READER = "lecteur@rivemont.example"
SENDER = "alerte@rivemont.example"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_SMTP", PASSWORD)
    monkeypatch.setenv("HUB_SECRET_WRONG", "wrong")
    monkeypatch.setenv("HUB_SECRET_ACCENT", "pass\u00e9")


@pytest.fixture
def server() -> Iterator[SmtpPeer]:
    with running_smtp_peer() as peer:
        yield peer


def email(hub: Surroundings, port: int, **settings: Any) -> Email:
    chosen = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, **settings}
    return Email("courriel", Email.settings_schema().load(chosen), ("fr", "en"), hub)


@pytest.fixture
def adapter(hub: Surroundings, server: SmtpPeer) -> Email:
    return email(hub, server.port)


class TestContract(AdapterContract):
    kind: ClassVar[str] = "email"
    settings: ClassVar[Mapping[str, Any]] = {
        "host": "smtp.rivemont.example",
        "port": 587,
        "security": "starttls",
        "username": USER,
        "password": "env:HUB_SECRET_SMTP",
        "sender": SENDER,
    }
    secrets: ClassVar[tuple[str, ...]] = (PASSWORD,)
    good_address: ClassVar[str] = "Jean.Dupont+alertes@sous.domaine.example"
    bad_addresses: ClassVar[tuple[str, ...]] = (
        "",
        "self",
        "a@b",
        "a b@c.example",
        "a@b.example\nBcc: c@d.example",
        "a@b.example\r\nDATA",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "Jean <a@b.example>",
        "\u00e9l\u00e8ve@b.example",
        "a@caf\u00e9.example",
        "a" * 65 + "@b.example",
        "a@" + "b." * 130 + "example",
        '"quoted"@b.example',
    )


def test_a_message_arrives_with_all_languages_as_text_and_html(adapter: Email, server: SmtpPeer) -> None:
    accepted = adapter.send(attempt(adapter, address=READER))
    ((sender, recipients, received),) = server.received
    assert (sender, recipients, accepted.remote_id) == (SENDER, [READER], "4Zx1Y2abcd")
    assert received["Subject"] == "Inondation aux Prés-Bas / Flooding at Prés-Bas"
    assert received["From"] == f"Mairie de Rivemont <{SENDER}>"
    assert received["To"] == READER
    assert received["Date"] == "Sat, 21 Nov 2026 16:40:00 +0000"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Content-Language"] == "fr, en"
    assert received.get_content_type() == "multipart/alternative"
    plain, page = (part.get_content().replace("\r\n", "\n") for part in received.iter_parts())
    assert [text for text in TEXTS.values() if text not in plain] == []
    assert "&lt;b&gt;Ne traversez pas.&lt;/b&gt;" in page
    assert '<div lang="en">' in page
    assert message().page_url in plain
    assert f'href="{message().page_url}"' in page


def test_the_message_id_is_stable_and_a_follow_up_threads_under_it(adapter: Email, server: SmtpPeer) -> None:
    for _ in range(2):
        adapter.send(attempt(adapter, address=READER))
    adapter.send(attempt(adapter, follow_up(), READER))
    first, again, second = (received for _, _, received in server.received)
    assert first["Message-ID"] == again["Message-ID"] != second["Message-ID"]
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["In-Reply-To"] is None
    assert first["Message-ID"].endswith("@rivemont.example>")


def test_a_third_message_names_the_whole_thread_and_answers_the_last(adapter: Email, server: SmtpPeer) -> None:
    third = follow_up()
    adapter.send(attempt(adapter, message(), READER))
    adapter.send(attempt(adapter, follow_up(), READER, follows=Acceptance("whatever")))
    adapter.send(
        attempt(adapter, message(publication_id="c" * 32, references=("a" * 32, third.publication_id)), READER)
    )
    first, second, last = (received["Message-ID"] for _, _, received in server.received)
    received = server.received[2][2]
    assert received["References"].split() == [first, second]
    assert (received["In-Reply-To"], last != second) == (second, True)


def test_two_recipients_get_two_messages(adapter: Email, server: SmtpPeer) -> None:
    for address in (READER, "autre@rivemont.example"):
        adapter.send(attempt(adapter, address=address))
    assert len({received["Message-ID"] for _, _, received in server.received}) == 2
    assert [recipients for _, recipients, _ in server.received] == [[READER], ["autre@rivemont.example"]]


def test_dots_and_long_lines_survive(adapter: Email, server: SmtpPeer) -> None:
    text = ".\n..\n.début\n" + "x" * 2000 + "\nfin."
    adapter.send(attempt(adapter, message(texts=texts(fr=text, en="Fine.")), READER))
    plain = next(server.received[0][2].iter_parts()).get_content()
    assert plain.replace("\r\n", "\n").startswith(text)


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x00"])
def test_no_value_becomes_a_header(adapter: Email, server: SmtpPeer, separator: str) -> None:
    evil = f"Mairie{separator}Bcc: victim@example.org"
    adapter.send(attempt(adapter, message(sender_name=evil, texts=texts_with_headline(evil)), READER))
    received = server.received[0][2]
    assert received["Bcc"] is None
    assert server.received[0][1] == [READER]
    assert received["Subject"].startswith("Mairie")


def texts_with_headline(headline: str) -> Mapping[str, Any]:
    made = texts()
    made["cap"]["fr"] = replace(made["cap"]["fr"], parts={**made["cap"]["fr"].parts, "headline": headline})
    return made


def test_without_cap_headlines_the_subject_is_the_first_line(hub: Surroundings) -> None:
    without = {form: per for form, per in texts().items() if form != "cap"}
    subject = email(hub, 25).render(message(texts=without))["subject"]
    assert subject.startswith("Mairie de Rivemont : la Lise déborde aux Prés-Bas. / Rivemont town hall")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 5.1.1 No such user here", PermanentChannelError),
        ("553 5.1.3 Bad address", PermanentChannelError),
        ("450 4.2.0 Greylisted, see you later", TransientChannelError),
        ("452 4.2.2 Mailbox full", TransientChannelError),
        ("251 User not local; will forward", None),
    ],
)
def test_a_refused_recipient_is_refused_alone(
    adapter: Email, server: SmtpPeer, reply: str, outcome: type[ChannelError] | None
) -> None:
    server.refusals[READER] = reply
    if outcome is None:
        # aiosmtpd only knows recipients that it took by 250, so the content is refused for want of one
        with pytest.raises(ChannelError, match="503"):
            adapter.send(attempt(adapter, address=READER))
    else:
        with pytest.raises(outcome, match=reply[4:12]) as caught:
            adapter.send(attempt(adapter, address=READER))
        assert caught.value.trouble == Trouble.MESSAGE
    adapter.send(attempt(adapter, address="autre@rivemont.example"))
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("at_the_end", "outcome"),
    [
        ("554 5.7.1 Spam", PermanentChannelError),
        ("451 4.3.0 Try again", TransientChannelError),
        ("drop", UnknownOutcomeError),
        ("hang", UnknownOutcomeError),
    ],
)
def test_after_the_content_only_a_reply_decides(
    adapter: Email, server: SmtpPeer, at_the_end: str, outcome: type[ChannelError]
) -> None:
    server.at_the_end = at_the_end
    with pytest.raises(ChannelError) as caught:
        adapter.send(attempt(adapter, address=READER, deadline=1.0 if at_the_end == "hang" else 20))
    assert type(caught.value) is outcome
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("reply", "remote_id"),
    [
        ("250 2.0.0 Ok: queued as 4Zx1Y2abcd", "4Zx1Y2abcd"),
        ("250 OK id=1tE3Xk-0001Ab-2C", "1tE3Xk-0001Ab-2C"),
        ("250 thanks", None),
    ],
)
def test_the_proof_is_the_queue_number_or_the_message_id(
    adapter: Email, server: SmtpPeer, reply: str, remote_id: str | None
) -> None:
    server.at_the_end = reply
    accepted = adapter.send(attempt(adapter, address=READER))
    assert accepted.remote_id == (remote_id or server.received[0][2]["Message-ID"])


# --- connections


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS"])
def test_log_in_over_verified_tls(hub: Surroundings, certificates: Certificates, implicit: bool) -> None:
    with running_smtp_peer(certificates.good, implicit_tls=implicit, log_in=True) as server:
        adapter = email(
            hub,
            server.port,
            security="tls" if implicit else "starttls",
            username=USER,
            password="env:HUB_SECRET_SMTP",
            ca_file=certificates.ca_file,
        )
        assert adapter.check() is None
        adapter.send(attempt(adapter, address=READER))
        assert (len(server.received), server.logged_in) == (1, 2)


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS"])
@pytest.mark.parametrize("fault", ["unknown authority", "other name", "expired"])
def test_nothing_goes_over_tls_that_is_not_verified(
    hub: Surroundings, certificates: Certificates, implicit: bool, fault: str
) -> None:
    context = {"unknown authority": "good", "other name": "other_name", "expired": "expired"}[fault]
    ca_file = None if fault == "unknown authority" else certificates.ca_file
    with running_smtp_peer(getattr(certificates, context), implicit_tls=implicit) as server:
        adapter = email(hub, server.port, security="tls" if implicit else "starttls", ca_file=ca_file)
        with pytest.raises(TransientChannelError, match="secure connection"):
            adapter.send(attempt(adapter, address=READER))
        assert "secure connection" in str(adapter.check())
        assert server.received == []


def test_a_server_without_starttls_gets_nothing(hub: Surroundings, server: SmtpPeer) -> None:
    with pytest.raises(TransientChannelError, match="does not offer"):
        email(hub, server.port, security="starttls").send(
            attempt(email(hub, server.port, security="starttls"), address=READER)
        )
    assert server.received == []


def test_a_wrong_password_is_final(hub: Surroundings, certificates: Certificates) -> None:
    with running_smtp_peer(certificates.good, log_in=True) as server:
        adapter = email(
            hub,
            server.port,
            security="starttls",
            username=USER,
            password="env:HUB_SECRET_WRONG",
            ca_file=certificates.ca_file,
        )
        with pytest.raises(PermanentChannelError, match="535"):
            adapter.send(attempt(adapter, address=READER))
        assert "535" in str(adapter.check())


@contextmanager
def scripted(*greeting: bytes, drip: bool = False) -> Iterator[int]:
    """A server that says these lines, one an incoming line, and then nothing more; or drips its greeting for ever."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                sock, _ = server.accept()
            except OSError:
                return
            with sock:
                for line in greeting:
                    sock.sendall(line)
                    sock.recv(4096)
                while drip and not stopping.wait(0.05):
                    try:
                        sock.sendall(b"2")
                    except OSError:
                        return
                stopping.wait(0 if not drip else 5)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        stopping.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_no_server_there_is_transient(hub: Surroundings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    adapter = email(hub, port)
    with pytest.raises(TransientChannelError, match="cannot be reached"):
        adapter.send(attempt(adapter, address=READER))


@pytest.mark.parametrize(
    ("greeting", "outcome"),
    [
        ((b"554 no mail here\r\n",), PermanentChannelError),
        ((b"421 too busy\r\n",), TransientChannelError),
        ((b"HTTP/1.1 400 Bad Request\r\n",), TransientChannelError),
        ((b"",), TransientChannelError),
        ((b"220 hi\r\n", b"250 hi\r\n"), TransientChannelError),
        ((b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n"), TransientChannelError),
    ],
)
def test_what_breaks_before_the_content_is_never_unknown(
    hub: Surroundings, greeting: tuple[bytes, ...], outcome: type[ChannelError]
) -> None:
    with scripted(*greeting) as port:
        adapter = email(hub, port)
        with pytest.raises(ChannelError) as caught:
            adapter.send(attempt(adapter, address=READER, deadline=2))
        assert type(caught.value) is outcome
        assert caught.value.trouble == Trouble.HOST


def test_a_greeting_that_drips_ends_at_the_deadline(hub: Surroundings) -> None:
    with scripted(drip=True) as port:
        adapter = email(hub, port)
        with pytest.raises(TransientChannelError):
            adapter.send(attempt(adapter, address=READER, deadline=0.6))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host": "smtp.rivemont.example", "security": "none"}, "on this machine"),
        ({"host": "10.0.0.5", "security": "none"}, "on this machine"),
        ({"security": "ssl"}, "one of"),
        ({"port": 0}, "port"),
        ({"port": "25"}, "port"),
        ({"sender": "Mairie <a@b.example>"}, "sender"),
        ({"sender": "a@b.example\n"}, "sender"),
        ({"reply_to": "nobody"}, "reply_to"),
        ({"username": "mairie"}, "go together"),
        ({"password": "env:HUB_SECRET_SMTP"}, "go together"),
        ({"username": "mairie", "password": "clear"}, "not written here"),
        ({"username": "mairie", "password": "env:HUB_SECRET_ACCENT"}, "ASCII"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file"),
    ],
)
def test_settings_that_are_refused(hub: Surroundings, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ma.ValidationError, match=said):
        email(hub, **{"port": 25, **changes})


def test_a_reply_address_is_set_when_there_is_one(hub: Surroundings, server: SmtpPeer) -> None:
    adapter = email(hub, server.port, reply_to="mairie@rivemont.example")
    adapter.send(attempt(adapter, address=READER))
    assert server.received[0][2]["Reply-To"] == "mairie@rivemont.example"
