"""What the tests of files start from: the small sound map, the shipped ones, and readings of both."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hub.message_maps.document import to_document
from hub.message_maps.exchange.files import Context, Reading
from hub.message_maps.exchange.formats import Format, read, write
from hub.message_maps.loader import Loaded, load_directory
from tests.message_maps.samples import MAPS, RULES

SHIPPED = Path(__file__).parents[3] / "message_maps"
SAMPLE_ID = "nat.flood"


@cache
def loaded(directory: Path = SHIPPED) -> Loaded:
    found = load_directory(directory, RULES)
    assert not found.faults
    return found


@cache
def shipped() -> dict:
    """The documents of the shipped maps; not to be changed."""
    return {situation.id: to_document(situation) for situation in loaded().situations}


@cache
def sample() -> dict:
    """The document of the small map; not to be changed."""
    return to_document(loaded(MAPS).situations[0])


def context(directory: Path = MAPS) -> Context:
    documents = {situation.id: to_document(situation) for situation in loaded(directory).situations}
    return Context(RULES, loaded(directory).sources, documents.get)


def written(form, documents=None, *, directory=MAPS, kept=None, whole=False) -> bytes:
    """A file of the small map, or of others."""
    file = write(
        documents or [sample()],
        Format(form),
        sources=loaded(directory).sources,
        kept=kept or {},
        name="maps",
        title="Rivemont",
        whole=whole,
    )
    return file.content


def reread(raw: bytes, form: str, directory: Path = MAPS) -> Reading:
    return read(raw, f"maps.{form}", context(directory))
