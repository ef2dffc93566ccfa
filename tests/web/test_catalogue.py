"""The French catalogue is complete and current: every sentence in the sources is in it, and none that is gone."""

import re
import subprocess
import sys

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from hub.kernel.settings import ROOT

CATALOGUE = ROOT / "hub/translations/fr/LC_MESSAGES/messages.po"


def read(path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The sentences that the sources hold now, taken out of them as ``make strings`` does."""
    file = tmp_path_factory.mktemp("strings") / "messages.pot"
    extract = [
        "-m",
        "babel.messages.frontend",
        "--quiet",
        "extract",
        "-F",
        "babel.cfg",
        "-k",
        "Phrase",
        "-k",
        "say",
        "-o",
        file,
        ".",
    ]
    subprocess.run([sys.executable, *map(str, extract)], cwd=ROOT, check=True)
    return read(file)


def test_every_sentence_is_in_the_catalogue_and_no_other(template):
    wanted = {message.id for message in template if message.id}
    found = {message.id for message in read(CATALOGUE) if message.id}
    assert wanted - found == set(), "run: make strings, and translate what is new"
    assert found - wanted == set(), "run: make strings"


def test_every_sentence_has_its_french():
    empty = []
    for message in read(CATALOGUE):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(texts):
            empty.append(message.id)
    assert empty == []


def test_every_translation_has_the_placeholders_of_its_sentence():
    faults = [(message.id, [str(error) for error in message.check()]) for message in read(CATALOGUE) if message.id]
    assert [fault for fault in faults if fault[1]] == []


def test_french_counts_zero_as_one():
    assert read(CATALOGUE).plural_expr.replace(" ", "").strip("()") == "n>1"


def test_no_page_writes_a_colon_of_its_own_after_a_label():
    """In French a space that does not break stands before it: the catalogue has it as ``": "``."""
    own = re.compile(r"(?:\}\}|</a>|</code>|%\}): (?:\{\{|\{%|<)")
    found = [(path.name, own.findall(path.read_text("utf-8"))) for path in ROOT.glob("hub/**/templates/**/*.html")]
    assert len(found) > 50
    assert [each for each in found if each[1]] == []
