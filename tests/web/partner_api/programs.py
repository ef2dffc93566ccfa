"""Partners' programs, as the tests run them against the application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hub.identity import partners
from hub.identity.actor import Actor
from hub.identity.partners import KeyKind

OPERATOR = Actor("command_line", "root", "root")

# 17:40 in Paris is the time of the tests' clock.
DRAFT = {
    "situation": "nat.flood.river",
    "message": "act.first",
    "exercise": False,
    "blanks": {
        "riviere.fr": "la Lise",
        "riviere.en": "the Lise",
        "zones": "Bas-Bourg, rue du Port",
        "heure_fin": "23:00",
        "prochain": "18:30",
    },
    "communes": ["76901"],
}
UPDATE = {"message": "act.update", "exercise": False, "blanks": {"prochain": "18:35"}}

REPORT = {"text": "Le pont de la Lise a été emporté !", "heard_on": "whatsapp", "commune": "76901"}


@dataclass(frozen=True)
class Program:
    """A partner's program: its key, and what it does with it."""

    app: Any
    key: str
    exercise: bool = False

    def get(self, address, **options):
        return self.app.test_client().get("/api/v1" + address, headers=self.headers(), **options)

    def post(self, address, body, key=None, **options):
        headers = self.headers() | ({"Idempotency-Key": key} if key is not None else {})
        return self.app.test_client().post("/api/v1" + address, json=body, headers=headers, **options)

    def raw(self, address, data, content_type="application/json", **headers):
        return self.app.test_client().post(
            "/api/v1" + address, data=data, content_type=content_type, headers=self.headers() | headers
        )

    def headers(self):
        return {"Authorization": f"Bearer {self.key}", "Accept-Language": "en"} if self.key else {}

    def preview(self, **changes):
        answer = self.post("/alerts/preview", {**DRAFT, "exercise": self.exercise, **changes})
        assert answer.status_code == 200, answer.text
        return answer.json

    def send(self, key="k1", **changes):
        """From the draft to the alert; its identifier."""
        answer = self.post("/alerts", self.preview(**changes)["confirmation"], key)
        assert answer.status_code == 201, answer.text
        return answer.json["identifier"]

    def follow(self, identifier, key="f1", **changes):
        """Previews and sends a follow-up; the answer."""
        asked = {**UPDATE, "exercise": self.exercise, **changes}
        shown = self.post(f"/alerts/{identifier}/follow-ups/preview", asked)
        assert shown.status_code == 200, shown.text
        return self.post(f"/alerts/{identifier}/follow-ups", shown.json["confirmation"], key)

    def with_key(self, key):
        return replace(self, key=key)


def errors(answer):
    """Field -> what is wrong with it."""
    return {each["field"]: each["detail"] for each in answer.json.get("errors", [])}


def enrol(app, clock, partner_id, kind=KeyKind.LIVE, scopes=("alert.read", "alert.send", "map.read", "rumour.report")):
    """A new partner's program with a key of its own."""
    with app.app_context():
        partners.add_partner(partner_id, partner_id.upper(), scopes, actor=OPERATOR, now=clock.now())
    return issue(app, clock, partner_id, kind)


def issue(app, clock, partner_id, kind=KeyKind.LIVE):
    with app.app_context():
        key = partners.add_key(partner_id, kind, actor=OPERATOR, now=clock.now()).reveal()
    return Program(app, key, exercise=kind is KeyKind.EXERCISE)
