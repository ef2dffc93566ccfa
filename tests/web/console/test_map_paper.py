"""The maps on paper, read back by a PDF reader and an XML parser that are not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from lxml import etree

from hub.kernel.db import reading
from hub.message_maps import versions
from hub.message_maps.drafts.queries import review_of
from hub.web.console.maps import fonts, wall, wall_pdf, wall_svg
from hub.web.console.maps.tree import Limb, branch
from hub.web.console.maps.words import FAMILIES
from tests.message_maps.samples import flood

MAP = "/console/situations"
FLOOD = "nat.flood.river"
SVG = "{http://www.w3.org/2000/svg}"
MILLIMETRES = 25.4 / 72


def pages(body):
    """Size in millimetres and text of each page."""
    document = pypdfium2.PdfDocument(body)
    try:
        found = []
        for page in document:
            text_page = page.get_textpage()
            size = tuple(round(side * MILLIMETRES) for side in page.get_size())
            found.append((size, " ".join(text_page.get_text_bounded().split())))
            text_page.close()
            page.close()
        return found
    finally:
        document.close()


def squeezed(text):
    """Without spaces: a title may be broken into lines anywhere between words."""
    return "".join(fonts.printable(text).split())


def test_the_whole_map_hangs_on_one_page_with_every_title(anne, town):
    with town.app_context():
        situations = [situation for _, situation in versions.current(reading())]
    titles = [each.title["fr"] for each in situations]
    titles += [message.title["fr"] for each in situations for message in each.messages]
    for paper, size in (("a3", (420, 297)), ("a2", (594, 420))):
        ((found, text),) = pages(anne.get(f"{MAP}/map-{paper}.pdf").data)
        assert found == size
        assert [title for title in titles if squeezed(title) not in squeezed(text)] == []
        assert "Pendant" in text
        assert "gravité extrême" in text
    drawing = etree.fromstring(anne.get(f"{MAP}/map.svg").data)
    assert {element.tag for element in drawing.iter()} == {
        SVG + name for name in ("svg", "title", "rect", "path", "text")
    }
    text = squeezed("".join(drawing.itertext()))
    assert [title for title in titles if squeezed(title) not in text] == []


def test_a_situation_prints_on_a4_with_gaps_to_fill_in(anne, town):
    with town.app_context():
        situation = versions.find(reading(), FLOOD)[1]
    answer = anne.get(f"{MAP}/{FLOOD}/sheet.pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{FLOOD}.pdf"'
    found = pages(answer.data)
    assert {size for size, _ in found} == {(210, 297)}
    text = " ".join(text for _, text in found)
    for message in situation.messages:
        assert squeezed(message.title["fr"]) in squeezed(text)
    for words in ("[Secteurs touchés]", "[Areas affected]", "Mairie de Rivemont", "MONTEZ À L'ÉTAGE"):
        assert squeezed(words) in squeezed(text)
    assert fonts.UNKNOWN not in text, "every sign of the shipped maps can be printed"
    assert f"page {len(found)}" in found[-1][1]
    assert anne.get(f"{MAP}/{FLOOD}/sheet.pdf").data == answer.data, "the same content gives the same bytes"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("À l'été, où l'œuvre coûte 5 €", "À l'été, où l'œuvre coûte 5 €"),
        ("« Crue »\u202f: 10\u202f%", "« Crue »\u00a0: 10\u00a0%"),
        ("a → b", "a > b"),
        ("洪水 🚨", "□□ □"),
    ],
)
def test_signs_that_the_fonts_lack_are_replaced_or_shown_as_missing(text, printed):
    assert fonts.printable(text) == printed


def test_lines_are_no_wider_than_their_room():
    words = "Crue d'un cours d'eau : annulation (envoyée par erreur, aucune crue n'est attendue)"
    for room in (60, 100, 240):
        lines = fonts.wrap(words, 10, room, bold=True)
        assert " ".join(lines).replace("\u00a0", " ") == words
        assert not any(line.startswith(":") for line in lines)
        assert all(fonts.width(line, 10, bold=True) <= room for line in lines if " " in line)
    assert fonts.wrap("", 10, 50) == [""]


@pytest.fixture
def limbs(app):
    """Twelve situations in three families; titles that would break a drawing made of text."""
    title = {"fr": 'Crue <b>"&amp;', "en": "Flood ]]>"}
    situations = [replace(flood(), id=f"nat.flood{number}", title=title) for number in range(4)]
    branches = tuple(branch(review_of("v@1", situation, date(2026, 11, 21)), (), ()) for situation in situations)
    with app.test_request_context():
        yield [Limb(family.value, label, branches) for family, label in list(FAMILIES.items())[:3]]


def test_nothing_on_the_wall_lies_outside_the_sheet_or_on_something_else(limbs):
    sheet = wall.sheet(limbs, "Carte", "Rivemont")
    boxes = [shape for shape in sheet.shapes if isinstance(shape, wall.Box)]
    for shape in sheet.shapes:
        if isinstance(shape, wall.Words):
            assert shape.x >= 0
            assert shape.x + fonts.width(shape.text, shape.size, bold=shape.bold) <= sheet.width
            assert shape.size <= shape.y <= sheet.height
    for number, one in enumerate(boxes):
        assert 0 <= one.x <= one.x + one.width <= sheet.width
        assert 0 <= one.y <= one.y + one.height <= sheet.height
        for other in boxes[number + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y + 0.01
    assert 0.5 < sheet.width / sheet.height / wall.LANDSCAPE < 2, "about the shape of the paper"


def test_a_title_is_text_in_the_drawing_whatever_it_holds(limbs):
    sheet = wall.sheet(limbs, "Carte <script>", "Rivemont & Cie")
    drawing = etree.fromstring(wall_svg.svg(sheet, "fr"))
    assert drawing.findtext(SVG + "title") == "Carte <script>"
    assert '<b>"&amp;' in "".join(drawing.itertext())
    ((size, text),) = pages(wall_pdf.pdf(sheet, "a3", "fr"))
    assert size == (420, 297)
    assert '<b>"&amp;' in text


def test_a_family_never_ends_a_column(limbs):
    sheet = wall.sheet(limbs, "Carte", "Rivemont")
    bands = [shape for shape in sheet.shapes if isinstance(shape, wall.Box) and shape.fill == wall.BAND]
    names = [shape for shape in sheet.shapes if isinstance(shape, wall.Box) and shape.fill == wall.NAME]
    assert len(bands) == 3
    for band in bands:
        assert any(name.x == band.x and name.y > band.y for name in names)
