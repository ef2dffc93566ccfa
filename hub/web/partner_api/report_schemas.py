"""Reports of rumours as partners send them and follow them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from hub.kernel.settings_checks import LANGUAGES
from hub.rumours.models import ADDRESS_LENGTH, NAME_LENGTH, REPORT_LENGTH
from hub.rumours.sighting import LONGEST_EMAIL, SHORTEST_TEXT, HeardOn
from hub.rumours.tracking import Standing
from hub.web.partner_api.schemas import Moment

INSEE_LENGTH = 5


class Degrees(fields.Float):
    """A number, and nothing that only looks like one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            msg = "invalid"
            raise self.make_error(msg, input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def _line(most: int, about: str, **options: Any) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"description": about, **options}
    )


def _degrees(farthest: int, about: str) -> Degrees:
    return Degrees(
        load_default=None,
        allow_none=True,
        validate=validate.Range(-farthest, farthest),
        metadata={"description": f"{about}, in degrees (WGS 84), within the territory."},
    )


class ReportDraft(ma.Schema):
    """A report. Either a commune or a place in words is needed."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=SHORTEST_TEXT, max=REPORT_LENGTH),
        metadata={"description": "What is being said, in its own words."},
    )
    heard_on = fields.String(required=True, validate=validate.OneOf([way.value for way in HeardOn]))
    commune = _line(INSEE_LENGTH, "INSEE code of a commune of the territory.", example="76901")
    place = _line(NAME_LENGTH, "The place in words, also one elsewhere.")
    latitude = _degrees(90, "Latitude")
    longitude = _degrees(180, "Longitude")
    seen_at = Moment(load_default=None, allow_none=True, metadata={"description": "When it was seen or heard."})
    link = _line(ADDRESS_LENGTH, "http or https; kept as a text, never fetched.")
    contact = _line(LONGEST_EMAIL, "E-mail address or telephone number of whoever saw it; sealed, and erased in time.")
    language = fields.String(load_default="fr", validate=validate.OneOf(list(LANGUAGES)))


class ReportReceipt(ma.Schema):
    """The report that a request led to. Sent again, the same request gets the same answer."""

    report = fields.String(required=True, metadata={"description": "The report's id."})
    tracking_code = fields.String(
        required=True, metadata={"description": "For whoever saw it: opens /signaler/<code>. Stored nowhere."}
    )


class ReportProgress(ma.Schema):
    """What has become of a report."""

    report = fields.String(required=True)
    received_at = fields.DateTime(required=True)
    standing = fields.String(required=True, validate=validate.OneOf([each.value for each in Standing]))
    words = fields.String(required=True, metadata={"description": "The same in a sentence."})
    rumour = fields.String(
        required=True, allow_none=True, metadata={"description": "The entry of the public register, once published."}
    )
    private_answer = fields.String(required=True)
