"""Partners and their keys: made, shown once, revoked, and all of it in the log."""

import json
import re

import pytest
import sqlalchemy as sa

from hub.identity import partners
from hub.identity.actor import Actor
from hub.identity.errors import KeyRefused
from hub.identity.partners import KeyKind
from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput, NotFound

OPERATOR = Actor("command_line", "root", "root")


@pytest.fixture
def hub(both_engines_app):
    with both_engines_app.app_context():
        yield both_engines_app


@pytest.fixture
def sdis(hub, clock):
    partners.add_partner("sdis76", "SDIS 76", ["alert.send", "alert.read"], actor=OPERATOR, now=clock.now())


def entries():
    reading().rollback()
    rows = reading().execute(sa.text("SELECT action, subject, detail FROM audit_entry ORDER BY seq"))
    return [(row.action, row.subject, json.loads(row.detail)) for row in rows]


def test_a_key_names_its_partner(sdis, clock):
    key = partners.add_key("sdis76", KeyKind.EXERCISE, actor=OPERATOR, now=clock.now()).reveal()
    assert re.fullmatch(r"tocsin_exercise_[0-9a-f]{12}_[\w-]{43}", key)
    caller = partners.caller_of(key, now=clock.now())
    assert (caller.partner_id, caller.name, caller.exercise) == ("sdis76", "SDIS 76", True)
    assert caller.actor == Actor("partner", "sdis76", "SDIS 76")
    assert [caller.may(scope) for scope in ("alert.send", "map.read")] == [True, False]


def test_keys_overlap_until_one_is_revoked(sdis, clock):
    old, new = (partners.add_key("sdis76", KeyKind.LIVE, actor=OPERATOR, now=clock.now()).reveal() for _ in range(2))
    assert partners.caller_of(old, now=clock.now()).key_id != partners.caller_of(new, now=clock.now()).key_id
    partners.revoke_key(old.split("_")[2], actor=OPERATOR, now=clock.now())
    partners.revoke_key(old.split("_")[2], actor=OPERATOR, now=clock.now())
    with pytest.raises(KeyRefused):
        partners.caller_of(old, now=clock.now())
    assert partners.caller_of(new, now=clock.now()).partner_id == "sdis76"
    assert [action for action, _, _ in entries()].count("partner.key_revoked") == 1


def test_a_disabled_partner_has_no_key_and_gets_none(sdis, clock):
    key = partners.add_key("sdis76", KeyKind.LIVE, actor=OPERATOR, now=clock.now()).reveal()
    partners.disable_partner("sdis76", actor=OPERATOR, now=clock.now())
    with pytest.raises(KeyRefused):
        partners.caller_of(key, now=clock.now())
    with pytest.raises(NotFound):
        partners.add_key("sdis76", KeyKind.LIVE, actor=OPERATOR, now=clock.now())


def test_the_log_names_the_key_and_never_holds_it(sdis, clock):
    key = partners.add_key("sdis76", KeyKind.LIVE, actor=OPERATOR, now=clock.now()).reveal()
    key_id, secret = key.split("_", 3)[2:]
    assert entries() == [
        ("partner.added", "sdis76", {"name": "SDIS 76", "scopes": ["alert.read", "alert.send"]}),
        ("partner.key_added", "sdis76", {"key": key_id, "kind": "live"}),
    ]
    assert secret not in repr(entries())
    assert secret not in repr(partners.listed(reading()))


def test_the_last_use_is_noted_once_a_minute(sdis, clock):
    key = partners.add_key("sdis76", KeyKind.LIVE, actor=OPERATOR, now=clock.now()).reveal()

    def last_used():
        reading().rollback()
        return partners.listed(reading())[0].keys[0].last_used_at

    assert last_used() is None
    first = clock.now()
    for seconds, seen in ((0, first), (59, first), (1, None)):
        clock.advance(seconds)
        partners.caller_of(key, now=clock.now())
        assert last_used() == (seen or clock.now())


@pytest.mark.parametrize(
    ("partner_id", "name", "scopes", "fields"),
    [
        ("A B", "x", ["alert.read"], {"id"}),
        ("ok", "", ["alert.read"], {"name"}),
        ("ok", "a\nb", ["alert.read"], {"name"}),
        ("ok", "x", [], {"scopes"}),
        ("ok", "x", ["sending.stop"], {"scopes"}),
        ("sdis76", "x", ["alert.read"], {"id"}),
        ("é", "", ["all"], {"id", "name", "scopes"}),
    ],
)
def test_a_faulty_partner_is_refused(sdis, clock, partner_id, name, scopes, fields):
    with pytest.raises(InvalidInput) as refusal:
        partners.add_partner(partner_id, name, scopes, actor=OPERATOR, now=clock.now())
    assert {fault.field for fault in refusal.value.faults} == fields


def test_unknown_partners_and_keys_are_not_found(hub, clock):
    for attempt in (
        lambda: partners.add_key("nobody", KeyKind.LIVE, actor=OPERATOR, now=clock.now()),
        lambda: partners.disable_partner("nobody", actor=OPERATOR, now=clock.now()),
        lambda: partners.revoke_key("0" * 12, actor=OPERATOR, now=clock.now()),
    ):
        with pytest.raises(NotFound):
            attempt()
