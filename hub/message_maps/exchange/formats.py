"""The formats: their names, what each can do, and how some situations are written and a file is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable
from hub.message_maps.exchange.csv_file import read_csv, write_csv
from hub.message_maps.exchange.files import Context, Document, Kept, Reading
from hub.message_maps.exchange.freeplane_reading import read_freeplane
from hub.message_maps.exchange.freeplane_writing import write_catalogue, write_situation
from hub.message_maps.exchange.json_file import read_json, write_json
from hub.message_maps.exchange.markdown import write_markdown
from hub.message_maps.exchange.opml import read_opml, write_opml
from hub.message_maps.exchange.topics import Topic, situation_topic
from hub.message_maps.exchange.yaml_file import read_yaml, write_yaml
from hub.message_maps.model import Source

# A catalogue of 84 situations as a mind-map.
MAX_FILE_BYTES = 16_000_000
# Zip entries carry a time; a fixed one keeps two exports of one map equal.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Format(StrEnum):
    """A file format, named by the ending of its files."""

    YAML = "yaml"
    FREEPLANE = "mm"
    JSON = "json"
    CSV = "csv"
    OPML = "opml"
    MARKDOWN = "md"


@dataclass(frozen=True, slots=True)
class About:
    """What people are told about a format."""

    name: Phrase
    holds: Phrase
    media_type: str
    reads: Callable[[bytes, Context], Reading] | None


ABOUT: Mapping[Format, About] = {
    Format.YAML: About(
        Phrase("YAML"),
        Phrase("complete; the format of the map files, good for comparing versions"),
        "application/yaml",
        read_yaml,
    ),
    Format.FREEPLANE: About(
        Phrase("Freeplane mind-map"),
        Phrase("complete; opens in Freeplane, FreeMind and other mind-map programs"),
        "application/x-freeplane",
        read_freeplane,
    ),
    Format.JSON: About(Phrase("JSON"), Phrase("complete; for programs"), "application/json", read_json),
    Format.CSV: About(
        Phrase("Table for translators"),
        Phrase("the texts of the messages only, one a row; opens in a spreadsheet"),
        "text/csv",
        read_csv,
    ),
    Format.OPML: About(
        Phrase("OPML outline"),
        Phrase("lossy: titles and texts only, without levels, blanks, follow-ups and sources"),
        "text/x-opml",
        read_opml,
    ),
    Format.MARKDOWN: About(
        Phrase("Markdown outline"), Phrase("for reading only; it cannot be imported"), "text/markdown", None
    ),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file."""

    name: str
    media_type: str
    content: bytes


def write(
    documents: Iterable[Document],
    form: Format,
    *,
    sources: Mapping[str, Source],
    kept: Mapping[str, Kept],
    name: str,
    title: str,
    whole: bool,
) -> Written:
    """Writes sound documents into one file. The same documents always give the same bytes.

    Args:
        documents: at least one.
        form: the format.
        sources: what the facts' codes stand for.
        kept: what an import of a mind-map has put aside, by situation, and for the whole under an empty name.
        name: of the file, without its ending.
        title: of the whole.
        whole: the catalogue with its families, rather than one situation.
    """
    documents = list(documents)
    if form is Format.YAML and whole:
        return Written(f"{name}.zip", "application/zip", _archive(documents))
    content = _content(documents, form, sources, kept, title, whole=whole)
    return Written(f"{name}.{form}", ABOUT[form].media_type, content)


def _content(
    documents: list[Document],
    form: Format,
    sources: Mapping[str, Source],
    kept: Mapping[str, Kept],
    title: str,
    *,
    whole: bool,
) -> bytes:
    if form is Format.YAML:
        return write_yaml(documents[0])
    if form is Format.JSON:
        return write_json(documents)
    if form is Format.CSV:
        return write_csv(documents)
    topics = [situation_topic(document, sources) for document in documents]
    if form is Format.FREEPLANE and not whole:
        return write_situation(topics[0], kept.get(topics[0].values["id"], {}))
    if form is Format.FREEPLANE:
        return write_catalogue(_by_family(topics), kept, title)
    return write_opml(topics, title) if form is Format.OPML else write_markdown(topics, title)


def read(raw: bytes, filename: str, context: Context) -> Reading:
    """Reads a file; its name's ending says what it is.

    Raises:
        InvalidInput: too large, an ending that cannot be imported, or nothing can be made of it.
    """
    if len(raw) > MAX_FILE_BYTES:
        raise Unreadable(Phrase("the file is larger than %(limit)s bytes", limit=MAX_FILE_BYTES))
    ending = filename.rpartition(".")[2].casefold()
    ending = {"yml": "yaml"}.get(ending, ending)
    reader = ABOUT[Format(ending)].reads if ending in set(Format) else None
    if reader is None:
        can = ", ".join(f".{form}" for form, about in ABOUT.items() if about.reads)
        wrong = Phrase("the name of the file must end in one of %(endings)s", endings=can)
        raise InvalidInput([Fault("file", wrong)], Phrase("Nothing was imported."))
    return reader(raw, context)


def file_path(document: Document) -> str:
    """Where a situation's YAML file lies in a directory of maps: its family's folder, its id as name."""
    head = document["situation"]
    return f"{head['family']}/{head['id']}.yaml"


def _archive(documents: list[Document]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in documents:
            entry = zipfile.ZipInfo(file_path(document), _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, write_yaml(document))
    return file.getvalue()


def _by_family(topics: Iterable[Topic]) -> dict[str, list[Topic]]:
    families: dict[str, list[Topic]] = {}
    for topic in topics:
        families.setdefault(topic.values["family"], []).append(topic)
    return families
