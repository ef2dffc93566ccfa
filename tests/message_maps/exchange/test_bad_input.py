"""Files that no map can be made of: each is refused in words, with its line where there is one, and nothing breaks."""

from __future__ import annotations

import csv
import io
import json

import pytest
from lxml import etree

from hub.kernel import tables
from hub.kernel.errors import InvalidInput
from hub.message_maps.exchange.formats import MAX_FILE_BYTES
from tests.message_maps.exchange.samples import reread, sample, written

MM, YAML, CSV, OPML, JSON = (written(form) for form in ("mm", "yaml", "csv", "opml", "json"))
ENTITIES = '<!DOCTYPE map [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
ROOT = b'<node TEXT="Crue de rivi&#232;re"'


def mm(before, after):
    assert before in MM
    return MM.replace(before, after, 1)


def inside(piece):
    """The mind-map with a piece of XML in its first topic."""
    return mm(b'<attribute NAME="tocsin" VALUE="situation"/>', b'<attribute NAME="tocsin" VALUE="situation"/>' + piece)


def many(count):
    return inside(b'<node TEXT="x"/>' * count)


def nested(levels):
    return inside(b'<node TEXT="x">' * levels + b"</node>" * levels)


FILES = [
    ("mm", b"", "empty"),
    ("mm", b"   \n", "empty"),
    ("mm", b"PK\x03\x04" + b"x" * 100, "zip archive"),
    ("mm", b"not xml", "line 1, column 1: this is not well-formed XML"),
    ("mm", mm(b"\n<attribute", b"\n<attribute VALUE=<"), "line 3, column"),
    ("mm", mm(b"Crue", b"\xa0Crue"), "line 2"),
    ("mm", mm(b"Crue", b"&#x0;Crue"), "line 2"),
    ("mm", mm(b"Crue", b"&hello;Crue"), "line 2"),
    ("mm", b'<?xml version="1.0" encoding="utf-16"?>' + MM, "well-formed"),
    ("mm", ENTITIES.encode() + mm(b"Crue", b"&c;Crue"), "document type"),
    ("mm", b'<!DOCTYPE map SYSTEM "http://127.0.0.1:9/x.dtd">' + MM, "document type"),
    ("mm", b'<!DOCTYPE map [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + mm(b"Crue", b"&x;Crue"), "document type"),
    ("mm", (ENTITIES + MM.decode()).encode("utf-16"), "document type"),
    ("mm", MM[: len(MM) // 2], "well-formed"),
    ("mm", nested(250), "nested deeper"),
    ("mm", nested(5000), "nested deeper"),
    ("mm", many(300_001), "more than 300000 elements"),
    ("mm", b"x" * (MAX_FILE_BYTES + 1), "larger than"),
    ("mm", OPML, "no mind-map"),
    ("mm", b'<map version="1.0.1"><node TEXT="a"/><node TEXT="b"/></map>', "no mind-map"),
    ("mm", b'<map version="1.0.1"><node TEXT="Ideas"/></map>', "attribute `tocsin`"),
    ("mm", mm(ROOT, ROOT + b' LINK="javascript:alert(1)"'), "line 2: the link `javascript:alert(1)`"),
    ("mm", mm(ROOT, ROOT + b' LINK=" Java&#9;Script&#10;:alert(1)"'), "can run a program"),
    ("mm", mm(ROOT, ROOT + b' LINK="data:text/html,x"'), "can run a program"),
    ("mm", mm(ROOT, ROOT + b' LINK="execute:_rm"'), "can run a program"),
    ("mm", mm(ROOT, ROOT + b' dangerouslySetInnerHTML="x"'), "`dangerouslySetInnerHTML` is refused"),
    ("mm", inside(b'<attribute NAME="dangerouslySetInnerHTML" VALUE="x"/>'), "is refused"),
    ("mm", inside(b'<attribute NAME="script1" VALUE="new File()"/>'), "`script1` is refused"),
    ("mm", inside(b'<node TEXT="=1+1"/>'), "formula"),
    ("mm", inside(b'<hook NAME="ExternalObject" URI="javascript:x"/>'), "can run a program"),
    ("mm", inside(b'<richcontent TYPE="NOTE"><html><body><script>x</script></body></html></richcontent>'), "`script`"),
    ("mm", inside(b'<richcontent TYPE="NOTE"><html><img onerror="x"/></html></richcontent>'), "`onerror`"),
    ("yaml", b"", "empty"),
    ("yaml", b"\xff\xfe\x00", "line 1, column 1: the file is not UTF-8"),
    ("yaml", "schema: é\n".encode("latin-1"), "line 1, column 9"),
    ("yaml", b"x" * 1_000_001, "larger than"),
    ("yaml", b"a: &a [x, x]\nb: &b [*a, *a, *a]\n", "line 1, column 4: an anchor"),
    ("yaml", YAML + b"schema: x\n", "stands twice"),
    ("yaml", b"schema:\n\tx: y\n", "line 2, column 1"),
    ("yaml", b"schema: !!python/object/apply:os.system [ls]\n", "a tag"),
    ("yaml", YAML + b"---\n" + YAML, "second document"),
    ("yaml", b"[" * 1000, "nested deeper"),
    ("yaml", b"- a\n- b\n", "keys and values"),
    ("csv", b"", "missing: situation"),
    ("csv", b"situation;message;form;language;part\r\n", "missing: text"),
    ("csv", CSV.splitlines()[0], "no row"),
    ("csv", CSV + b"nat.flood;act.first\r\n", "too few"),
    ("csv", CSV + b'nat.flood;act.first;x;fr;text;"open\r\n', "no table"),
    ("csv", CSV.replace(b"nat.flood", b"\x81\x8d\x00", 1), "neither UTF-8 nor Windows-1252"),
    ("csv", "\ufeff".encode() + b"situation;a\0b", "NUL"),
    ("csv", b"PK\x03\x04rest", "spreadsheet"),
    ("csv", b"a" * 200_000, "no table"),
    ("opml", MM, "no OPML outline"),
    ("opml", b"<opml><body><outline text='x'/></body></opml>", "only outlines exported here"),
    ("opml", OPML.replace(b"<outline ", b"<outline htmlUrl='javascript:x' ", 1), "can run a program"),
    ("opml", OPML[300:], "well-formed"),
    ("json", b"{", "line 1, column 2"),
    ("json", b"[]", "expected one situation"),
    ("json", b'{"situations": {}}', "must be a list"),
    ("json", b'{"schema": NaN}', "no JSON number"),
    ("json", b'{"a": 1, "a": 2}', "stands twice"),
    ("json", b"[" * 200_000, "nested too deeply"),
    ("json", b'{"a": ' + b"9" * 5000 + b"}", "far too long"),
    ("json", b"\xff\xfe{}", "not UTF-8"),
    ("json", rb'{"schema": "\ud800"}', "half of a character"),
    ("json", rb'{"\udfff": ""}', "half of a character"),
    ("md", b"# x", "must end in one of .yaml, .mm, .json, .csv, .opml"),
    ("exe", b"x", "must end in one of"),
    ("", b"x", "must end in one of"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "raw", "word"), FILES, ids=[f"{form}-{word[:30]}" for form, _, word in FILES])
def test_a_file_that_cannot_be_read_is_refused_in_words(form, raw, word):
    with pytest.raises(InvalidInput) as refusal:
        reread(raw, form)
    assert word in str(refusal.value)
    assert {fault.field for fault in refusal.value.faults} == {"file"}


def _json(**changes):
    return json.dumps({**sample(), **changes}).encode()


def _situation(**changes):
    return _json(situation={**sample()["situation"], **changes})


ROW = "nat.flood;{};{};fr;{};{};\r\n"
HEAD = "situation;message;form;language;part;text;limit\r\n"


def row(message="act.first", form="x", part="text", text="[S]a", head=HEAD):
    return (head + ROW.format(message, form, part, text)).encode()


CANDIDATES = [
    ("json", _json(extra={}), "extra", "unknown"),
    ("json", _json(dangerouslySetInnerHTML="<b>"), "dangerouslySetInnerHTML", "unknown"),
    ("json", _json(schema="tocsin-map/9"), "schema", "expected `tocsin-map/1`"),
    ("json", _situation(id=["x"]), "situation.id", "expected a text"),
    ("json", _situation(id="../../etc/passwd"), "situation.id", "a word such as"),
    ("json", _situation(title={"fr": "x\u0007", "en": "y"}), "situation.title", "control character"),
    ("json", json.dumps({"situations": [7]}).encode(), "", "expected keys and values"),
    ("yaml", YAML.replace(b"kinetics: slow", b"kinetics: snail"), "17:13", "is not one of"),
    ("mm", mm(b'NAME="kinetics"', b'NAME="kynetics"'), "situation.kynetics", "unknown"),
    ("mm", mm(b'NAME="kinetics" VALUE="slow"', b'NAME="kinetics" VALUE="=cmd"'), "situation.kinetics", "is not one of"),
    ("csv", row(message="no.such"), "messages.no.such.variants.x.fr", "line 2: `messages.no.such"),
    ("csv", row(form="fax"), "messages.act.first.variants.fax.fr", "not there"),
    ("csv", row(part="headline"), "messages.act.first.variants.x.fr.headline", "not there"),
    ("csv", row(form="led", part="page9"), "messages.act.first.variants.led.fr.9", "not there"),
    ("csv", row(text="no tag"), "messages.act.first.variants.x.fr", "line 2: "),
    ("csv", row() + row(text="[S]b", head=""), "messages.act.first.variants.x.fr", "line 3: another"),
    ("csv", row().replace(b"nat.flood", b"nat.storm"), "situation", "no situation `nat.storm`"),
    ("csv", row(form="bluesky"), "messages.act.first.variants.bluesky.fr", "borrows the text of x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "raw", "field", "word"), CANDIDATES, ids=[f"{case[0]}-{case[2]}" for case in CANDIDATES]
)
def test_a_situation_with_a_fault_is_refused_at_its_place(form, raw, field, word):
    (candidate,) = reread(raw, form).candidates
    told = [str(fault.phrase) for fault in candidate.faults if fault.field.startswith(field)]
    assert any(word in text for text in told), candidate.faults


@pytest.mark.parametrize("text", ["=1+1", "+33", "-x", "@x", "'=x", "''+x", "\tx"])
def test_no_cell_is_a_formula_and_each_comes_back(text):
    cell = tables.escaped(text)
    assert cell[0] == "'"
    assert tables.unescaped(cell) == text


@pytest.mark.parametrize("text", ["'x", "x=1", "[S]", "", "''"])
def test_other_cells_stay_as_they_are(text):
    assert tables.escaped(text) == tables.unescaped(text) == text


@pytest.mark.parametrize(
    ("change", "noted"),
    [
        (lambda raw: raw.decode("utf-8-sig").encode("windows-1252"), True),
        (lambda raw: raw.decode("utf-8-sig").encode(), False),
        (lambda raw: raw.replace(b"\r\n", b"\n"), False),
        (lambda raw: raw + b";;;;;;\r\n\r\n", False),
        (lambda raw: raw.replace(b"situation;message", b"Situation; MESSAGE", 1), False),
    ],
    ids=["windows-1252", "no mark", "lf", "empty rows", "capitals"],
)
def test_tables_as_spreadsheets_leave_them(change, noted):
    found = reread(change(CSV), "csv")
    assert [candidate.document for candidate in found.candidates] == [sample()]
    assert bool(found.notes) is noted


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_other_delimiters_are_read(delimiter):
    rows = list(csv.reader(io.StringIO(CSV.decode("utf-8-sig")), delimiter=";"))
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    assert [each.document for each in reread(file.getvalue().encode(), "csv").candidates] == [sample()]


def test_a_map_of_a_hundred_thousand_topics_is_read():
    found = reread(many(100_000), "mm")
    assert found.candidates[0].document == sample()


def test_a_note_of_ten_megabytes_is_read_and_put_aside_or_refused():
    note = b'<richcontent TYPE="NOTE"><html><body><p>' + b"x" * 9_000_000 + b"</p></body></html></richcontent>"
    assert reread(inside(note), "mm").candidates[0].document == sample()
    huge = inside(note.replace(b"x" * 9_000_000, b"x" * 10_500_000))
    with pytest.raises(InvalidInput, match="too long"):
        reread(huge, "mm")


def test_pictures_of_a_map_are_no_danger():
    picture = (
        b'<richcontent TYPE="NOTE"><html><body><img src="data:image/png;base64,AAAA"/></body></html></richcontent>'
    )
    (candidate,) = reread(inside(picture), "mm").candidates
    assert etree.tostring(etree.fromstring(picture)).decode() in str(candidate.kept)
