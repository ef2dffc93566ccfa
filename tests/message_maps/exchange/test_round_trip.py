"""Every shipped map goes out in every format and comes back as it was; two exports of one map are the same bytes."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree

from hub.message_maps.exchange.formats import ABOUT, Format
from hub.message_maps.loader import load_directory
from tests.message_maps.exchange.samples import SHIPPED, loaded, reread, sample, shipped, written
from tests.message_maps.samples import RULES

READ_BACK = [form for form, about in ABOUT.items() if about.reads]
XSLT = "/usr/share/freeplane/resources/xslt"


@pytest.mark.parametrize("form", READ_BACK)
@pytest.mark.parametrize("name", sorted(shipped()))
def test_one_situation_comes_back(name, form):
    document = shipped()[name]
    raw = written(form, [document], directory=SHIPPED)
    (candidate,) = reread(raw, form, SHIPPED).candidates
    assert candidate.faults == ()
    assert candidate.situation_id == name
    assert candidate.document == document
    assert written(form, [candidate.document], directory=SHIPPED) == raw


@pytest.mark.parametrize("form", [form for form in READ_BACK if form is not Format.YAML])
def test_the_whole_catalogue_comes_back(form):
    documents = list(shipped().values())
    raw = written(form, documents, directory=SHIPPED, whole=True)
    found = reread(raw, form, SHIPPED)
    assert [candidate.document for candidate in found.candidates] == documents
    assert written(form, documents, directory=SHIPPED, whole=True) == raw


def test_the_whole_catalogue_in_yaml_is_a_directory_of_maps(tmp_path):
    raw = written("yaml", list(shipped().values()), directory=SHIPPED, whole=True)
    assert written("yaml", list(shipped().values()), directory=SHIPPED, whole=True) == raw
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "sources.yaml").write_bytes((SHIPPED / "sources.yaml").read_bytes())
    again = load_directory(tmp_path, RULES)
    assert again.faults == ()
    assert again.situations == loaded().situations


def test_yaml_holds_texts_as_blocks_and_no_long_line_is_broken():
    text = written("yaml").decode()
    document = {**sample(), "situation": {**sample()["situation"], "title": {"fr": "Un\nDeux", "en": "x " * 300}}}
    text = written("yaml", [document]).decode()
    assert "fr: |-\n      Un\n      Deux\n" in text
    assert "x " * 299 + "x" in text


def test_a_changed_word_is_one_changed_line():
    document = {**sample(), "situation": {**sample()["situation"], "kinetics": "fast"}}
    before, after = written("yaml").splitlines(), written("yaml", [document]).splitlines()
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_markdown_is_an_outline_in_which_no_text_is_markup():
    text = written("md", list(shipped().values()), directory=SHIPPED, whole=True).decode()
    assert text.startswith("# Rivemont\n")
    assert "\n## Crue d'un cours d'eau\n" in text
    assert "\\[S\\]" in text
    assert "\n\n\n\n" not in text


def test_opml_says_that_it_is_lossy():
    raw = written("opml")
    assert b"lossy" in raw
    root = etree.fromstring(raw)
    assert root.get("version") == "2.0"
    assert all(outline.get("text") for outline in root.iter("outline"))
    (note,) = reread(raw, "opml").notes
    assert "lossy" in str(note)


def test_a_mind_map_is_ascii_and_names_freeplane():
    raw = written("mm", list(shipped().values()), directory=SHIPPED, whole=True)
    assert raw.startswith(b'<map version="freeplane 1.7.0">')
    assert raw.isascii()
    assert b"&#xa;" in raw
    assert b"&#10;" not in raw
    root = etree.fromstring(raw)
    ids = [node.get("ID") for node in root.iter("node")]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    assert {arrow.get("DESTINATION") for arrow in root.iter("arrowlink")} <= set(ids)
    assert "https://" in " ".join(root.xpath("//richcontent[@TYPE='NOTE']//p/text()"))
