"""The table of traps of CAP 1.2: one row a trap, and the element that must be named."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cap.checks import check
from hub.cap.model import Area, Circle, EventCode, Geocode, Reference, Resource
from hub.cap.vocabulary import Category, MsgType, Scope, Status
from tests.cap.samples import RING, SENT, make_alert, make_info

EARLIER = (Reference("alerte@rivemont.example", "aaa", SENT - timedelta(hours=1)),)


def with_info(**changes):
    return make_alert(infos=(make_info(**changes),))


def with_area(*, area_desc="Ici", **changes):
    return with_info(areas=(Area(area_desc, **changes),))


@pytest.mark.parametrize(
    "alert",
    [
        make_alert(),
        make_alert(msg_type=MsgType.UPDATE, references=EARLIER),
        make_alert(msg_type=MsgType.CANCEL, references=EARLIER, infos=()),
        make_alert(status=Status.EXERCISE, note="Exercice Lise 2026"),
        make_alert(scope=Scope.RESTRICTED, restriction="mairies"),
        with_area(geocodes=(Geocode("INSEE", "76901"),)),
        with_area(circles=(Circle((90, -180), 0.1),)),
        with_area(polygons=(RING,), altitude=-10, ceiling=100),
        with_info(headline="Ligne\nsuivante\ttabulée 🌊 \U0010ffff"),
    ],
)
def test_a_right_message_has_no_fault(alert):
    assert check(alert) == []


FR = "info[fr-FR]"


@pytest.mark.parametrize(
    ("alert", "field"),
    [
        (make_alert(identifier=""), "identifier"),
        (make_alert(identifier="a b"), "identifier"),
        (make_alert(identifier="a,b"), "identifier"),
        (make_alert(identifier="a<b"), "identifier"),
        (make_alert(identifier="a&b"), "identifier"),
        (make_alert(identifier="a\u00a0b"), "identifier"),
        (make_alert(sender="mairie de rivemont"), "sender"),
        (make_alert(msg_type=MsgType.UPDATE), "references"),
        (make_alert(msg_type=MsgType.CANCEL), "references"),
        (make_alert(references=(replace(EARLIER[0], identifier="a,b"),)), "references"),
        (make_alert(references=(replace(EARLIER[0], identifier=make_alert().identifier),)), "references"),
        (make_alert(scope=Scope.RESTRICTED), "restriction"),
        (make_alert(scope=Scope.PRIVATE), "addresses"),
        (make_alert(status=Status.EXERCISE), "note"),
        (make_alert(infos=()), "info"),
        (make_alert(infos=(make_info(), make_info())), "info"),
        (make_alert(infos=(make_info(), make_info(language="FR-fr"))), "info"),
        (make_alert(infos=(make_info(), make_info(language="en", categories=(Category.FIRE,)))), "category"),
        (make_alert(infos=(make_info(), make_info(language="en", event_codes=(EventCode("X", "1"),)))), "eventCode"),
        (make_alert(sent=datetime(2026, 12, 7, 17, 30)), "sent"),  # noqa: DTZ001  # the naive one
        (make_alert(references=(replace(EARLIER[0], sent=datetime(1, 1, 1, tzinfo=SENT.tzinfo)),)), "references"),
        (with_info(language=""), "info[].language"),
        (with_info(language="français"), "info[français].language"),
        (with_info(categories=()), f"{FR}.category"),
        (with_info(event=" "), f"{FR}.event"),
        (with_info(expires=SENT), f"{FR}.expires"),
        (with_info(expires=SENT + timedelta(microseconds=900)), f"{FR}.expires"),
        (with_info(expires=SENT - timedelta(seconds=1)), f"{FR}.expires"),
        (with_info(expires=datetime(2026, 12, 8)), f"{FR}.expires"),  # noqa: DTZ001  # the naive one
        (with_info(expires=datetime(9999, 12, 31, tzinfo=SENT.tzinfo)), f"{FR}.expires"),
        (with_info(onset=SENT + timedelta(days=9)), f"{FR}.onset"),
        (with_info(effective=SENT + timedelta(days=9)), f"{FR}.effective"),
        (with_info(areas=()), f"{FR}.area"),
        (with_area(), f"{FR}.area"),
        (with_area(area_desc="", polygons=(RING,)), f"{FR}.area.areaDesc"),
        (with_area(polygons=(RING[:3],)), f"{FR}.area.polygon"),
        (with_area(polygons=(RING[:3] + RING[2:3],)), f"{FR}.area.polygon"),
        (with_area(polygons=(RING[:1] * 4,)), f"{FR}.area.polygon"),
        (with_area(polygons=((),)), f"{FR}.area.polygon"),
        (with_area(polygons=(((91, 0), *RING[1:], (91, 0)),)), f"{FR}.area.polygon"),
        (with_area(polygons=(((float("nan"), 0), *RING[1:]),)), f"{FR}.area.polygon"),
        (with_area(circles=(Circle((0, 181), 1),)), f"{FR}.area.circle"),
        (with_area(circles=(Circle((0, 0), 0),)), f"{FR}.area.circle"),
        (with_area(circles=(Circle((0, 0), -1),)), f"{FR}.area.circle"),
        (with_area(circles=(Circle((0, 0), float("inf")),)), f"{FR}.area.circle"),
        (with_area(circles=(Circle((0, 0), 30_000),)), f"{FR}.area.circle"),
        (with_area(polygons=(RING,), ceiling=10), f"{FR}.area.ceiling"),
        (with_info(resources=(Resource("", "image/png"),)), f"{FR}.resource.resourceDesc"),
        (with_info(resources=(Resource("Carte", ""),)), f"{FR}.resource.mimeType"),
        (with_info(resources=(Resource("Carte", "image/png", size=-1),)), f"{FR}.resource.size"),
    ],
)
def test_a_trap_is_found_and_named(alert, field):
    assert [fault.field for fault in check(alert)] == [field]


@given(char=st.sampled_from([*map(chr, range(9)), "\x0b", "\x0c", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]))
def test_a_character_that_xml_forbids_is_refused_wherever_it_stands(char):
    bad = f"Crue{char}"
    for alert, field in (
        (with_info(instruction=bad), "alert.infos[fr-FR].instruction"),
        (make_alert(note=bad), "alert.note"),
        (with_area(area_desc=bad, polygons=(RING,)), "alert.infos[fr-FR].areas.area_desc"),
    ):
        faults = check(alert)
        assert [fault.field for fault in faults] == [field]
        assert f"U+{ord(char):04X}" in str(faults[0].phrase)
