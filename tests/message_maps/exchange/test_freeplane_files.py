"""Mind-maps as other programs and people leave them: what is read, what is kept, what is refused."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.message_maps.exchange.samples import SAMPLE_ID, reread, sample, written


def tree():
    return etree.fromstring(written("mm"))


def raw(root, **options):
    return etree.tostring(root, **{"encoding": "us-ascii", **options})


def node(root, name):
    """The topic whose attribute ``id`` is the given one."""
    return root.xpath(f"//node[attribute[@NAME='id' and @VALUE='{name}']]")[0]


def document_of(file):
    (candidate,) = reread(file, "mm").candidates
    assert candidate.faults == ()
    return candidate.document


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b'<?xml version="1.0" encoding="UTF-8"?>\n' + text,
        lambda text: b"<!-- To view this file, download Freeplane -->\n" + text,
        lambda text: text.replace(b'version="freeplane 1.7.0"', b'version="1.0.1"'),
        lambda text: raw(etree.fromstring(text), encoding="utf-8"),
        lambda text: raw(etree.fromstring(text), encoding="utf-16"),
        lambda text: raw(etree.fromstring(text), encoding="iso-8859-1", xml_declaration=True),
    ],
    ids=["crlf", "bom", "declaration", "comment", "freemind", "utf-8", "utf-16", "latin-1"],
)
def test_ways_to_write_the_same_map(change):
    assert document_of(change(written("mm"))) == sample()


def test_topics_without_ids_are_read_and_given_ids():
    root = tree()
    linked = {arrow.get("DESTINATION") for arrow in root.iter("arrowlink")}
    for each in root.iter("node"):
        if each.get("ID") not in linked:
            del each.attrib["ID"]
    document = document_of(raw(root))
    assert document == sample()
    assert all(each.get("ID") for each in etree.fromstring(written("mm", [document])).iter("node"))


def test_ids_that_a_file_has_are_kept():
    root = tree()
    node(root, "act.first").set("ID", "ID_42_of_ours")
    for arrow in root.iter("arrowlink"):
        if arrow.get("DESTINATION") not in root.xpath("//node/@ID"):
            arrow.set("DESTINATION", "ID_42_of_ours")
    (candidate,) = reread(raw(root), "mm").candidates
    again = etree.fromstring(written("mm", [candidate.document], kept={SAMPLE_ID: candidate.kept}))
    assert node(again, "act.first").get("ID") == "ID_42_of_ours"


def test_rich_text_titles_are_read():
    root = tree()
    title = node(root, "act.first")
    del title.attrib["TEXT"]
    rich = (
        '<richcontent TYPE="NODE"><html><head><style>p{}</style></head><body><p>Première <b>alerte</b>&#160;!</p>'
        "<!-- x --><p>Deux\n  lignes</p></body></html></richcontent>"
    )
    title.insert(0, etree.fromstring(rich))
    message = next(each for each in document_of(raw(root))["messages"] if each["id"] == "act.first")
    assert message["title"]["fr"] == "Première alerte\u00a0!\nDeux lignes"


STRANGE = [
    '<font NAME="SansSerif" SIZE="12" BOLD="true"/>',
    '<hook NAME="MapStyle"><properties a="1"/><map_styles><stylenode TEXT="x"/></map_styles></hook>',
    '<richcontent TYPE="DETAILS"><html><body><p>a <b>b</b> c</p></body></html></richcontent>',
    '<richcontent TYPE="NOTE"><html><body><p>mine</p></body></html></richcontent>',
    '<cloud COLOR="#f0f0f0"/>',
    '<arrowlink DESTINATION="ID_1" COLOR="#ff0000"/>',
    '<attribute_layout NAME_WIDTH="100"/>',
    '<x:own xmlns:x="urn:x" x:a="&lt;&quot;é">text</x:own>',
    '<node TEXT="An idea" ID="ID_77" LINK="https://rivemont.example"><node TEXT="below"/></node>',
]


@pytest.mark.parametrize("place", ["act.first", SAMPLE_ID, "B1"])
def test_what_means_nothing_to_the_hub_is_kept_word_for_word(place):
    root = tree()
    target = node(root, place)
    target.set("COLOR", "#ff0000")
    target.set("FOLDED", "true")
    for piece in STRANGE:
        target.append(etree.fromstring(piece))
    (candidate,) = reread(raw(root), "mm").candidates
    assert candidate.document == sample()
    again = written("mm", [candidate.document], kept={SAMPLE_ID: candidate.kept})
    kept = node(etree.fromstring(again), place)
    assert (kept.get("COLOR"), kept.get("FOLDED")) == ("#ff0000", "true")
    found = [etree.tostring(child, with_tail=False, encoding="unicode") for child in kept]
    assert [piece for piece in STRANGE if piece not in found] == []
    (second,) = reread(again, "mm").candidates
    assert second.kept == candidate.kept


def test_a_whole_catalogue_keeps_what_hangs_above_its_situations():
    root = etree.fromstring(written("mm", whole=True))
    root[0].append(etree.fromstring('<node TEXT="Ideas for the council" ID="ID_9"/>'))
    found = reread(raw(root), "mm")
    kept = {"": found.kept, SAMPLE_ID: found.candidates[0].kept}
    assert b"Ideas for the council" in written("mm", whole=True, kept=kept)


@pytest.mark.parametrize("levels", [19, 64, 150])
def test_deep_maps_are_read(levels):
    root = tree()
    place = node(root, "act.first")
    for number in range(levels):
        place = etree.SubElement(place, "node", TEXT=f"level {number}")
    (candidate,) = reread(raw(root), "mm").candidates
    assert candidate.document == sample()
    again = written("mm", [candidate.document], kept={SAMPLE_ID: candidate.kept})
    assert f"level {levels - 1}".encode() in again


def test_spaces_and_line_breaks_of_a_text_come_back():
    document = {**sample(), "situation": {**sample()["situation"], "title": {"fr": "  Crue\n\n ici ", "en": "'=x"}}}
    file = written("mm", [document])
    assert b"  Crue&#xa;&#xa; ici " in file
    assert document_of(file)["situation"]["title"] == document["situation"]["title"]


@pytest.mark.parametrize("title", ["=1+1", "'=1", " =x", "''= y"])
def test_no_text_is_a_formula_in_the_file(title):
    document = {**sample(), "situation": {**sample()["situation"], "title": {"fr": title, "en": "x"}}}
    file = written("mm", [document])
    assert etree.fromstring(file)[0].get("TEXT") == f"'{title}"
    assert document_of(file)["situation"]["title"]["fr"] == title


def test_an_arrow_to_nowhere_is_told_with_its_line():
    root = tree()
    arrow = node(root, "act.first").find("arrowlink")
    arrow.set("DESTINATION", "ID_nowhere")
    (candidate,) = reread(raw(root), "mm").candidates
    fault = candidate.faults[0]
    assert fault.field == f"messages.act.first.followups.{arrow.get('MIDDLE_LABEL')}"
    assert str(fault.phrase).startswith("line ")


def test_a_fault_in_a_text_is_told_with_its_line():
    root = tree()
    text = node(root, "act.first").xpath(".//node[attribute[@NAME='form' and @VALUE='x']]")[0]
    text.set("TEXT", "no tag at all")
    (candidate,) = reread(raw(root), "mm").candidates
    assert candidate.faults[0].field == "messages.act.first.variants.x.fr"
    assert str(candidate.faults[0].phrase).startswith(f"line {text.sourceline}: ")
