"""What partners send and what they get, as marshmallow schemas: the checks and the OpenAPI document come from here.

Names of fields are those that refusals name. What is checked here is only the shape; meaning is checked by the alerts
package, in the same way for officers and for programs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

IDENTIFIER = "^[0-9a-f]{32}$"
DIGEST = "^[0-9a-f]{64}$"

LONGEST_NAME = 120
LONGEST_TEXT = 2000
MOST_BLANKS = 100
MOST_COMMUNES = 500
MOST_CHANNELS = 100


def _name(about: str, **options: Any) -> fields.String:
    return fields.String(
        validate=validate.Length(min=1, max=LONGEST_NAME), metadata={"description": about, **options}, required=True
    )


def _localized(about: str) -> fields.Dict:
    return fields.Dict(fields.String(), fields.String(), metadata={"description": f"{about}, by language."})


def _counts(about: str) -> fields.Dict:
    return fields.Dict(fields.String(), fields.Integer(), metadata={"description": about})


class Moment(fields.AwareDateTime):
    """A moment in UTC. RFC 3339 with an offset; one that leaves the calendar when put into UTC is refused."""

    def _refusal(self, value: Any) -> ma.ValidationError:
        return self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise self._refusal(value) from error


class Flag(fields.Boolean):
    """True or false, and nothing that only looks like it: 0 is no answer to "is this an exercise?"."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            msg = "invalid"
            raise self.make_error(msg, input=value)
        return value


class FollowUpDraft(ma.Schema):
    """A follow-up as asked for."""

    message = _name("The message's id.", example="act.update")
    exercise = Flag(
        required=True,
        metadata={"description": "Must agree with the kind of the key: the mode is said twice."},
    )
    blanks = fields.Dict(
        fields.String(validate=validate.Length(min=1, max=LONGEST_NAME)),
        fields.String(validate=validate.Length(max=LONGEST_TEXT)),
        load_default=dict,
        validate=validate.Length(max=MOST_BLANKS),
        metadata={
            "description": "The blanks that the message asks, as GET /situations names them. In the preview of a "
            "follow-up, what is left out is taken from the alert that it follows, where it still holds."
        },
    )
    communes = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_NAME)),
        load_default=list,
        validate=validate.Length(max=MOST_COMMUNES),
        metadata={"description": "The area as INSEE codes. Either this or geojson."},
    )
    geojson = fields.Dict(
        fields.String(),
        load_default=None,
        allow_none=True,
        metadata={"description": "The area as a GeoJSON object (RFC 7946). Either this or communes."},
    )
    expires = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_NAME),
        metadata={"description": "YYYY-MM-DDTHH:MM in the town's time; empty for the usual duration of the level."},
    )


class AlertDraft(FollowUpDraft):
    """A first alert as asked for."""

    situation = _name("The situation's id.", example="nat.flood.river")
    channels = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_NAME)),
        load_default=list,
        validate=validate.Length(max=MOST_CHANNELS),
        metadata={"description": "Ids of channels; empty for all that may carry it."},
    )


class _Settled(ma.Schema):
    identifier = fields.String(required=True, validate=validate.Regexp(IDENTIFIER))
    sent = Moment(required=True)
    version = _name("The version of the map that was shown.", example="nat.flood.river@1")
    digest = fields.String(
        required=True,
        validate=validate.Regexp(DIGEST),
        metadata={"description": "SHA-256 over everything that was shown and is sent."},
    )


class AlertConfirmation(AlertDraft, _Settled):
    """What the preview gave, unchanged: this and nothing else is sent."""


class FollowUpConfirmation(FollowUpDraft, _Settled):
    """What the preview gave, unchanged: this and nothing else is sent."""


class Part(ma.Schema):
    """One block of a channel's preview."""

    title = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "Exactly as it is sent."})
    used = fields.Integer(required=True, allow_none=True)
    limit = fields.Integer(required=True, allow_none=True)


class ChannelPreview(ma.Schema):
    """What readers of one channel will see."""

    channel = fields.String(required=True)
    label = fields.String(required=True)
    destinations = fields.Integer(required=True)
    parts = fields.List(fields.Nested(Part), required=True)


class LeftOut(ma.Schema):
    """A channel that was asked for and is not reached."""

    channel = fields.String(required=True)
    reason = fields.String(required=True)


class Finding(ma.Schema):
    """What a rule says about one text. Nothing is refused because of it."""

    rule = fields.String(required=True)
    severity = fields.String(required=True)
    form = fields.String(required=True)
    language = fields.String(required=True)
    detail = fields.String(required=True)


class _Preview(ma.Schema):
    expires = fields.DateTime(required=True)
    channels = fields.List(fields.Nested(ChannelPreview), required=True)
    left_out = fields.List(fields.Nested(LeftOut), required=True)
    notes = fields.List(
        fields.String(), required=True, metadata={"description": "What to look at before it is sent, in plain words."}
    )
    findings = fields.List(fields.Nested(Finding), required=True)


class AlertPreview(_Preview):
    """What would be sent. Post ``confirmation`` as it is to send it."""

    confirmation = fields.Nested(AlertConfirmation, required=True)


class FollowUpPreview(_Preview):
    """What would be sent. Post ``confirmation`` as it is to send it."""

    confirmation = fields.Nested(FollowUpConfirmation, required=True)


class Sent(ma.Schema):
    """The alert that a request led to. Sent again, the same request gets the same answer."""

    identifier = fields.String(required=True)
    incident = fields.String(required=True, metadata={"description": "The first alert of the line."})
    status = fields.String(required=True, metadata={"description": "CAP status: Actual or Exercise."})
    sent = fields.DateTime(required=True)
    expires = fields.DateTime(required=True)


class Blank(ma.Schema):
    """One blank that a message asks."""

    name = fields.String(required=True, metadata={"description": "The key in ``blanks``."})
    type = fields.String(required=True)
    label = _localized("What it is")
    hint = _localized("How to fill it in")
    example = _localized("A good answer")
    required = fields.Boolean(required=True)
    max = fields.Integer(required=True, metadata={"description": "Characters."})
    choices = fields.List(fields.Dict(fields.String(), fields.String()), required=True)


class Message(ma.Schema):
    """One message of a situation."""

    id = fields.String(required=True)
    kind = fields.String(
        required=True,
        metadata={"description": "One of kind alert, prevention, recovery or debunk can begin an incident."},
    )
    phase = fields.String(required=True)
    level = fields.String(required=True)
    usable = fields.Boolean(
        required=True,
        metadata={"description": "False while it is a draft, or while nobody has approved the situation."},
    )
    title = _localized("Its title")
    follow_ups = fields.Dict(
        fields.String(), fields.String(), metadata={"description": "Role -> id of the message that plays it."}
    )
    blanks = fields.List(fields.Nested(Blank), required=True)


class Situation(ma.Schema):
    """One situation of the catalogue."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    family = fields.String(required=True)
    title = _localized("Its title")
    usable = fields.Boolean(required=True, metadata={"description": "False while nobody has approved it."})
    messages = fields.List(fields.Nested(Message), required=True)


class Situations(ma.Schema):
    """The catalogue."""

    situations = fields.List(fields.Nested(Situation), required=True)


class Commune(ma.Schema):
    """A commune."""

    insee = fields.String(required=True)
    name = fields.String(required=True)


class Area(ma.Schema):
    """Where an alert applies."""

    names = _localized("In words")
    communes = fields.List(fields.Nested(Commune), required=True)
    polygons = fields.List(
        fields.List(fields.List(fields.Float())),
        required=True,
        metadata={"description": "Closed rings of (latitude, longitude), as in CAP."},
    )


class Alert(Sent):
    """One alert as sent."""

    state = fields.String(required=True, metadata={"description": "open, superseded, cancelled or ended."})
    msg_type = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True)
    urgency = fields.String(required=True)
    severity = fields.String(required=True)
    certainty = fields.String(required=True)
    situation = fields.String(required=True)
    version = fields.String(required=True)
    message = fields.String(required=True)
    follows = fields.String(required=True, allow_none=True)
    followed_by = fields.String(required=True, allow_none=True)
    own = fields.Boolean(required=True, metadata={"description": "Whether this partner sent it."})
    headline = _localized("CAP headline")
    texts = _localized("The long form")
    area = fields.Nested(Area, required=True)


class Alerts(ma.Schema):
    """Open alerts."""

    alerts = fields.List(fields.Nested(Alert), required=True)


class Deliveries(ma.Schema):
    """How far one channel is."""

    channel = fields.String(required=True)
    label = fields.String(required=True)
    total = fields.Integer(required=True)
    done = fields.Boolean(required=True, metadata={"description": "Nothing more is going to happen by itself."})
    states = _counts("Number of deliveries by state: due, leased, accepted, failed, unknown, cancelled, expired.")


class FollowUp(ma.Schema):
    """One message that this partner may send next."""

    role = fields.String(required=True)
    message = fields.String(required=True)
    title = _localized("Its title")
    blanks = fields.List(fields.Nested(Blank), required=True)
    known = fields.Dict(
        fields.String(), fields.String(), metadata={"description": "Answers that are taken over when left out."}
    )


class AlertProgress(Alert):
    """One alert with its deliveries and what may follow."""

    channels = fields.List(fields.Nested(Deliveries), required=True)
    follow_ups = fields.List(fields.Nested(FollowUp), required=True)


class FieldFault(ma.Schema):
    """One wrong field."""

    field = fields.String(required=True)
    detail = fields.String(required=True)


class Problem(ma.Schema):
    """A problem document (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True, metadata={"description": "The id of the request."})
    errors = fields.List(fields.Nested(FieldFault))
