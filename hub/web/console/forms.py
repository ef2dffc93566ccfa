"""What the console's forms hold: reading them into drafts, and the fields as the templates show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Flask, Request

from hub.alerts.drafts import Draft
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.model import Placeholder, PlaceholderType
from hub.web.language import NAMES, text_in

BLANKS = "blanks."
# The fields of an alert beside its blanks.
ALERT_FIELDS = frozenset({"area", "communes", "geojson", "expires", "channels"})

# What a browser offers for each type of blank; everything else is a line of text.
INPUTS: Mapping[PlaceholderType, str] = {
    PlaceholderType.TIME: "time",
    PlaceholderType.DATE: "date",
    PlaceholderType.PHONE: "tel",
    PlaceholderType.URL: "url",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One blank as a form shows it. ``field`` is its name there and in faults; ``choices`` are those of an enum."""

    field: str
    label: str
    hint: str
    example: str
    kind: str
    input: str
    choices: tuple[tuple[str, str], ...]
    value: str
    required: bool
    max: int
    language: str


def init_app(app: Flask) -> None:
    """Gives the templates ``field_id``."""
    app.jinja_env.filters["field_id"] = field_id


def field_id(name: str) -> str:
    """The HTML id of a form's field; faults link to it."""
    return "f-" + name.replace(".", "-").replace(":", "-")


def fields(asked: Sequence[Placeholder], languages: Sequence[str], values: Mapping[str, str]) -> list[Field]:
    """The blanks of a message: one field each, or one for each language where the words differ."""
    found = []
    for placeholder in asked:
        for language in languages if placeholder.per_language else ("",):
            key = f"{placeholder.name}.{language}" if language else placeholder.name
            found.append(_field(placeholder, key, language, values.get(key, "")))
    return found


def _field(placeholder: Placeholder, key: str, language: str, value: str) -> Field:
    in_language = {language: placeholder.example[language]} if language in placeholder.example else placeholder.example
    return Field(
        field=BLANKS + key,
        label=f"{text_in(placeholder.label)} ({NAMES[language]})" if language else text_in(placeholder.label),
        hint=text_in(placeholder.hint),
        example=text_in(in_language),
        kind=placeholder.type.value,
        input=INPUTS.get(placeholder.type, "text"),
        choices=tuple((text_in(choice), text_in(choice)) for choice in placeholder.values),
        value=value or placeholder.default,
        required=placeholder.required,
        max=placeholder.max,
        language=language,
    )


def read_blanks(request: Request) -> dict[str, str]:
    """What was typed into the blanks: name (or ``name.language``) -> text, as typed."""
    return {
        name.removeprefix(BLANKS): value for name, value in request.form.items() if name.startswith(BLANKS) and value
    }


def read_draft(request: Request, start: Draft) -> Draft:
    """The draft as the form holds it now; situation, message and mode come from the address, never from the form."""
    geojson = request.form.get("geojson", "")
    upload = request.files.get("geojson_file")
    if upload is not None and upload.filename:
        geojson = upload.read().decode("utf-8", "replace")
    return replace(
        start,
        blanks=read_blanks(request),
        communes=tuple(dict.fromkeys(request.form.getlist("communes"))),
        geojson=geojson,
        expires=request.form.get("expires", "").strip(),
        channels=tuple(dict.fromkeys(request.form.getlist("channels"))),
        plan=request.form.get("plan", ""),
    )


def read_follow_up(request: Request, start: Draft) -> Draft:
    """The draft of a follow-up: blanks and end as typed; an area only where the form offers one."""
    asked = read_draft(request, start)
    return replace(asked, channels=start.channels, blanks={**start.blanks, **_all_blanks(request)})


def _all_blanks(request: Request) -> dict[str, str]:
    # A blank that was emptied must not come back from the earlier alert.
    return {name.removeprefix(BLANKS): value for name, value in request.form.items() if name.startswith(BLANKS)}


def summary(faults: Iterable[Fault], fields: Sequence[Field], others: Collection[str], prefix: str = "") -> list[Fault]:
    """The faults for the top of a page: each names its blank and leads to its field.

    One of a field that the page lacks, such as a blank of another version of the map, leads to the form as a whole and
    is named as it was sent.
    """
    labels = {field.field: field.label for field in fields}
    found = []
    for fault in faults:
        known = fault.field in labels or fault.field in others
        label = labels.get(fault.field) or (fault.field if not known and "." in fault.field else None)
        phrase = Phrase("%(field)s: %(fault)s", field=label, fault=fault.phrase) if label else fault.phrase
        found.append(Fault(prefix + (fault.field if known else "form"), phrase))
    return found
