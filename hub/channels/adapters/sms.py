"""SMS through a gateway that speaks Kannel's ``sendsms``: one short message a number.

The gateway does not recognise a repeat and cannot be asked what it has taken, so that an attempt which may have been
taken in is never made again by the hub itself.

===========================================  ===========================================================================
answer                                       outcome
===========================================  ===========================================================================
2xx ``0: Accepted for delivery``, ``Sent.``  accepted
2xx ``3: Queued for later delivery``         accepted: the gateway keeps it until the operator is back
2xx and anything else                        unknown: something else may have answered
403 ``Authorization failed``                 permanent, and nobody's message would be taken
403 ``Not routable``, other 4xx              permanent; 408, 425 and 429 transient
503 ``Temporal failure, try again later``    transient: the gateway says that it did not take it
500, 502 and other 5xx                       unknown: they do not tell whether it was handed on
===========================================  ===========================================================================

Sources: Kannel 1.4.5 user guide, "Using the HTTP interface to send SMS messages", and what its ``smsbox`` was seen to
answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote_plus, urlencode

import marshmallow as ma

from hub.cap.vocabulary import Status
from hub.channels import telephone
from hub.channels.contract import (
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelAdapter,
    ChannelError,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    PreviewPart,
    Trouble,
    UnknownOutcomeError,
)
from hub.channels.http import SERVER_ERROR, SUCCESS, exchange, failure
from hub.channels.setting_checks import is_page
from hub.channels.text import SMS_MARKS, SMS_SEGMENTS, sms, to_gsm7
from hub.kernel.http import Answer
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret, SecretField

# Operators show up to eleven letters and digits as the sender (3GPP TS 23.040, 9.1.2.5), or a number.
SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\+?[0-9]{3,15}")
TAKEN = re.compile(r"(?:0|3)\s*:|Sent\b")
UNAUTHORISED = "Authorization failed"
UNROUTABLE = "Not routable"
# Kannel's words for the alphabets: 0 is seven bits, 2 is UCS-2.
CODINGS = {"GSM-7": "0", "UCS-2": "2"}
# These say for certain that nothing was taken in; any other server error leaves it open.
CERTAIN = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED})
JUDGED = frozenset({*SERVER_ERROR, HTTPStatus.FORBIDDEN}) - CERTAIN
# A gateway may repeat the number in its answer, in one form or another: it ends in the same digits.
DIGITS = re.compile(r"\+?[0-9]{8,}")
SAME_DIGITS = 8
LONGEST_ANSWER = 80
# With `LONGEST_SETTING` for each of two settings and `LONGEST_GATEWAY`, an address keeps below the 2,000 characters of
# `hub.kernel.http.targets`, even if each of their characters takes three.
LONGEST_ENCODED, LONGEST_SETTING, LONGEST_GATEWAY = 1250, 64, 200
SECONDS_PER_MINUTE = 60
CHECK_SECONDS = 10.0


def _is_plain(secret: Secret) -> None:
    value = secret.reveal()
    if not (value.isascii() and value.isprintable() and len(value) <= LONGEST_SETTING):
        msg = f"expected at most {LONGEST_SETTING} plain ASCII characters"
        raise ma.ValidationError(msg)


class SmsSettings(ma.Schema):
    """``gateway`` is the address of the gateway's ``sendsms``; ``sender`` is what people see as the sender.

    ``method``: with ``get`` everything stands in the address, as every gateway of this kind takes it; with ``post`` the
    number, the text and the password stay out of the logs of whatever lies between (Kannel's own ``X-Kannel`` headers).
    """

    gateway = ma.fields.String(required=True, validate=[is_page, ma.validate.Length(max=LONGEST_GATEWAY)])
    username = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(
            rf"[\x21-\x7e]{{1,{LONGEST_SETTING}}}\Z",
            error=f"expected 1 to {LONGEST_SETTING} plain ASCII characters without spaces",
        ),
    )
    password = SecretField(required=True, validate=_is_plain)
    sender = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(
            rf"(?:{SENDER.pattern})\Z", error="expected 1 to 11 letters and digits, or a number of 3 to 15 digits"
        ),
    )
    method = ma.fields.String(load_default="get", validate=ma.validate.OneOf(("get", "post")))


class Sms(ChannelAdapter):
    """Hands one SMS for one number to the gateway."""

    kind: ClassVar[str] = "sms"
    label: ClassVar[Phrase] = Phrase("SMS")
    form: ClassVar[str] = "sms"
    multilingual: ClassVar[bool] = False
    single: ClassVar[bool] = False
    idempotent: ClassVar[bool] = False
    settings_schema: ClassVar[type[ma.Schema]] = SmsSettings

    def render(self, message: OutboundMessage) -> Body:
        """The text in the alphabet that it needs, and its parts."""
        (found,) = self.texts(message)
        text = to_gsm7(found.text)
        counted = sms(text)
        limit = SMS_SEGMENTS + (SMS_MARKS if message.status == Status.EXERCISE else 0)
        if counted.segments > limit:
            raise PermanentChannelError(
                Phrase("the text takes %(used)s SMS, at most %(limit)s", used=counted.segments, limit=limit)
            )
        if self.settings["method"] == "get" and len(quote_plus(text)) > LONGEST_ENCODED:
            raise PermanentChannelError(Phrase('this text does not fit into an address; set method = "post"'))
        return {
            "text": text,
            "language": found.language,
            "alphabet": counted.alphabet,
            "parts": counted.segments,
            "limit": limit,
            "expires": message.expires.astimezone(UTC).isoformat(),
        }

    def preview(self, body: Body) -> list[PreviewPart]:
        """The text with the parts that it costs for each number."""
        title = LANGUAGE_NAMES[body["language"]]
        return [PreviewPart(title, body["text"], body["parts"], body["limit"], Phrase("SMS parts"))]

    def normal_address(self, address: str) -> str:
        """The number in its international form."""
        return telephone.normal(address)

    def shown_address(self, address: str) -> str:
        """The last two digits of the number."""
        return telephone.masked(address)

    def check_address(self, address: str) -> Phrase | None:
        """A mobile number in its international form."""
        return telephone.wrong(address)

    def send(self, outgoing: Outgoing) -> Acceptance:
        """Hands the message over. What the gateway answers is the only proof that there is."""
        number = outgoing.destination.address
        if telephone.wrong(number):
            raise PermanentChannelError(Phrase("this is not a mobile number"))
        body = outgoing.body
        fields = {
            "from": self.settings["sender"],
            "to": number,
            "charset": "UTF-8",
            "coding": CODINGS[body["alphabet"]],
            "validity": str(self._minutes_left(body["expires"])),
        }
        answer = self._call(fields, body["text"], outgoing.deadline)
        said = _first_line(answer, number)
        if answer.status_code in SUCCESS and TAKEN.match(said):
            return Acceptance(said)
        if answer.status_code == HTTPStatus.FORBIDDEN:
            raise self._forbidden(answer, said)
        detail = said or str(answer.status_code)
        raise UnknownOutcomeError(Phrase("the SMS gateway does not say whether it took it: %(detail)s", detail=detail))

    def check(self) -> Phrase | None:
        """Are name and password good? Asked with a message for nobody, which the gateway refuses after it let us in."""
        try:
            answer = self._call({"from": self.settings["sender"], "to": ""}, "", CHECK_SECONDS, HTTPStatus.BAD_REQUEST)
        except ChannelError as error:
            return error.reason
        said = _first_line(answer)
        if answer.status_code == HTTPStatus.FORBIDDEN:
            return self._forbidden(answer, said).reason
        if answer.status_code == HTTPStatus.BAD_REQUEST or TAKEN.match(said):
            return None
        detail = said or str(answer.status_code)
        return Phrase("the SMS gateway answered in a way that it should not: %(detail)s", detail=detail)

    def _call(self, fields: Mapping[str, str], text: str, deadline: float, *also: int) -> Answer:
        known = {"username": self.settings["username"], "password": self.settings["password"].reveal(), **fields}
        address, headers, data = self.settings["gateway"], {}, None
        if self.settings["method"] == "get":
            address = f"{address}?{urlencode({**known, 'text': text})}"
        else:
            headers = {f"X-Kannel-{name.title()}": value for name, value in known.items() if name != "charset"}
            headers["Content-Type"] = "text/plain; charset=UTF-8"
            data = text.encode()
        return exchange(
            self.hub,
            self.settings["method"].upper(),
            address,
            deadline=deadline,
            headers=headers,
            data=data,
            also=JUDGED.union(also),
            bulk=True,
        )

    def _forbidden(self, answer: Answer, said: str) -> ChannelError:
        if said.startswith(UNAUTHORISED):
            return PermanentChannelError(Phrase("the SMS gateway refused the name or the password"), Trouble.HOST)
        if said.startswith(UNROUTABLE):
            return PermanentChannelError(Phrase("the SMS gateway has no way to this number"))
        return failure(answer, self.hub.clock.now())

    def _minutes_left(self, expires: str) -> int:
        """How long the operator may try: an SMS that arrives after the alert's end would mislead."""
        seconds = (datetime.fromisoformat(expires) - self.hub.clock.now()).total_seconds()
        return max(1, int(seconds // SECONDS_PER_MINUTE))


def _first_line(answer: Answer, number: str = "") -> str:
    """The first words of an answer, without control characters and without the number that it is about."""
    text = answer.content[: LONGEST_ANSWER * 4].decode("utf-8", "replace").strip().partition("\n")[0]
    printable = "".join(sign for sign in text if sign.isprintable())
    end = number[-SAME_DIGITS:]
    return DIGITS.sub(lambda found: "…" if found[0].endswith(end) else found[0], printable)[:LONGEST_ANSWER]
