"""Officers from their one-time password to the end of their last session."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from hub.audit.queries import verify
from hub.identity import queries, service, sweeping
from hub.identity.actor import Actor
from hub.identity.errors import LogInRefused
from hub.identity.permissions import PERMISSIONS, Role
from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput, NotFound

CLI = Actor("command_line", "root", "root")
PHRASE = "la crue monte vite ce soir"
OTHER = "le pont est barre depuis midi"
MINUTE = 60
HOUR = 3600


@dataclass
class Door:
    """The commands under test with the test's own clock and limits."""

    clock: object
    limits: object

    def add(self, login="anne", role="officer"):
        """Creates an officer; the one-time password."""
        return service.create_officer(login, "Anne Martin", role, "fr", actor=CLI, now=self.clock.now()).reveal()

    def enter(self, login, password):
        return service.log_in(login, password, now=self.clock.now(), address="192.0.2.7")

    def who(self, token):
        return service.session_officer(token, limits=self.limits, now=self.clock.now())

    def settled(self, login="anne", role="officer"):
        """Creates an officer who has chosen PHRASE; the token of the session."""
        one_time = self.add(login, role)
        return self.change(self.enter(login, one_time), one_time, PHRASE)

    def change(self, token, current, new):
        return service.change_password(self.who(token), current, new, now=self.clock.now())


@pytest.fixture
def door(both_engines_app, clock, settings):
    with both_engines_app.app_context():
        yield Door(clock, settings.security)


@pytest.fixture
def tokens(both_engines_app, door, stages):
    """Anne, Benoît and an officer whose account was closed, each with PHRASE; the token of each one's session."""

    def build():
        tokens = {login: door.settled(login) for login in ("anne", "benoit", "closed")}
        service.disable("closed", actor=CLI, now=door.clock.now())
        return tokens

    return stages.enter(both_engines_app, "officers", build)


def actions():
    return list(reading().scalars(sa.text("SELECT action FROM audit_entry ORDER BY seq")))


def test_the_one_time_password_opens_nothing_but_the_change_of_password(door):
    one_time = door.add()
    token = door.enter("anne", one_time)
    person = door.who(token)
    assert person.must_change_password
    assert not any(person.may(permission) for permission in PERMISSIONS[Role.OFFICER])

    fresh = door.change(token, one_time, PHRASE)
    person = door.who(fresh)
    assert (person.login, person.role, person.language) == ("anne", Role.OFFICER, "fr")
    assert person.actor == Actor("officer", person.officer_id, "Anne Martin")
    assert person.may("alert.send")
    assert door.who(token) is None, "changing the password ends the sessions that were open"
    with pytest.raises(LogInRefused):
        door.enter("anne", one_time)
    assert door.who(door.enter(" ANNE ", PHRASE)).login == "anne"


def test_everything_is_in_the_audit_log_and_no_secret_is(door):
    token = door.settled()
    with pytest.raises(LogInRefused):
        door.enter("anne", "a wrong password")
    with pytest.raises(LogInRefused):
        door.enter("my-password-typed-as-login", "x")
    service.log_out(token, now=door.clock.now())
    service.reset_password("anne", actor=CLI, now=door.clock.now())
    service.disable("anne", actor=CLI, now=door.clock.now())
    assert actions() == [
        "officer.created",
        "officer.logged_in",
        "officer.password_changed",
        "officer.log_in_refused",
        "officer.log_in_refused",
        "officer.logged_out",
        "officer.password_reset",
        "officer.disabled",
    ]
    assert verify(reading()) is None
    stored = str(reading().execute(sa.text("SELECT * FROM audit_entry")).all())
    for secret in (PHRASE, token, "my-password-typed-as-login", "argon2"):
        assert secret not in stored


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("anne", "a wrong password"),
        ("anne", ""),
        ("anne", "x" * 1_000_000),
        ("anne", "\ud800\0"),
        ("nobody", PHRASE),
        ("", ""),
        ("an\0ne", PHRASE),
        ("' OR 1=1 --", PHRASE),
        ("x" * 5000, PHRASE),
        ("closed", PHRASE),
    ],
)
@pytest.mark.usefixtures("tokens")
def test_every_refusal_is_the_same(door, login, password):
    with pytest.raises(LogInRefused) as refusal:
        door.enter(login, password)
    assert str(refusal.value) == "This login and password do not go together."


def test_the_token_is_not_in_the_database(tokens):
    token = tokens["anne"]
    assert token not in str(reading().execute(sa.text("SELECT * FROM officer_session")).all())
    assert len(token) == 43


def test_each_log_in_is_a_session_of_its_own(door, tokens):
    first = tokens["anne"]
    second = door.enter("anne", PHRASE)
    assert first != second
    service.log_out(first, now=door.clock.now())
    service.log_out(first, now=door.clock.now())
    service.log_out("never a token", now=door.clock.now())
    assert door.who(first) is None
    assert door.who(second) is not None
    assert actions().count("officer.logged_out") == 1


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\0", "é" * 100])
def test_a_token_that_never_was_is_nobody(door, token):
    assert door.who(token) is None


def test_a_session_ends_when_it_lies_idle(door, tokens):
    token = tokens["anne"]
    for _ in range(3):
        door.clock.advance(119 * MINUTE)
        assert door.who(token) is not None, "each use starts the two hours again"
    door.clock.advance(120 * MINUTE)
    assert door.who(token) is None


def test_a_session_ends_after_twelve_hours_however_busy(door, tokens):
    token = tokens["anne"]
    for _ in range(11):
        door.clock.advance(HOUR)
        assert door.who(token) is not None
    door.clock.advance(HOUR)
    assert door.who(token) is None


def test_last_seen_is_written_once_a_minute_at_most(door, tokens):
    def seen():
        return reading().scalar(sa.select(service.OfficerSession.last_seen_at).where(_is(token)))

    token = tokens["anne"]
    start = door.clock.now()
    door.clock.advance(59)
    door.who(token)
    assert seen() == start
    door.clock.advance(1)
    door.who(token)
    assert seen() == door.clock.now()


def _is(token):
    return service.OfficerSession.id == queries.session_id(token)


@pytest.mark.parametrize("command", ["disable", "reopen", "reset_password"])
def test_what_closes_an_account_ends_its_sessions_at_once(door, tokens, command):
    of_anne = [tokens["anne"], door.enter("anne", PHRASE)]
    getattr(service, command)("anne", actor=CLI, now=door.clock.now())
    assert [door.who(token) for token in of_anne] == [None, None]
    assert door.who(tokens["benoit"]) is not None


@pytest.mark.parametrize("command", ["disable", "reopen", "reset_password"])
def test_an_unknown_officer_is_not_found(door, command):
    with pytest.raises(NotFound, match="nobody"):
        getattr(service, command)("nobody", actor=CLI, now=door.clock.now())


def test_sessions_that_are_long_over_are_erased(door, tokens):
    door.clock.advance(29 * 24 * HOUR)
    fresh = door.enter("anne", PHRASE)
    door.clock.advance(24 * HOUR + 1)
    sweeping.sweep(door.clock)
    left = set(reading().scalars(sa.select(service.OfficerSession.id)))
    assert left == {queries.session_id(fresh)}
    assert queries.session_id(tokens["anne"]) not in left


@pytest.mark.usefixtures("tokens")
def test_a_forgotten_password_is_replaced_by_a_new_one_time_password(door):
    one_time = service.reset_password("anne", actor=CLI, now=door.clock.now()).reveal()
    with pytest.raises(LogInRefused):
        door.enter("anne", PHRASE)
    assert door.who(door.enter("anne", one_time)).must_change_password


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("a wrong password", OTHER, "current"), (PHRASE, "short", "new"), (PHRASE, PHRASE, "new"), (PHRASE, "", "new")],
)
def test_a_password_is_not_changed_to_a_weak_one_nor_without_the_present_one(door, tokens, current, new, field):
    token = tokens["anne"]
    with pytest.raises(InvalidInput) as refusal:
        door.change(token, current, new)
    assert [fault.field for fault in refusal.value.faults] == [field]
    assert door.who(token) is not None
    door.enter("anne", PHRASE)


def test_an_account_is_checked_field_by_field_all_at_once(door):
    with pytest.raises(InvalidInput) as refusal:
        service.create_officer("a b", " \n", "chief", "de", actor=CLI, now=door.clock.now())
    assert [fault.field for fault in refusal.value.faults] == ["login", "name", "role", "language"]
    assert queries.accounts(reading()) == []


def test_a_login_belongs_to_one_officer(door):
    door.add("anne")
    with pytest.raises(InvalidInput, match="Another officer"):
        door.add("Anne")
    assert [(account.login, account.role, account.disabled) for account in queries.accounts(reading())] == [
        ("anne", Role.OFFICER, False)
    ]


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (role, permission, permission in {"alert.read", "map.read"} or role != "viewer")
        for role in ("viewer", "officer", "administrator")
        for permission in ("alert.read", "map.read", "alert.send", "delivery.resend", "sending.stop")
    ],
)
def test_what_each_role_may_do(role, permission, allowed):
    assert (permission in PERMISSIONS[Role(role)]) is allowed
