import json
from datetime import UTC, datetime

import pytest

from hub.alerts.drafts import Draft, from_json, to_json

FULL = Draft(
    situation_id="nat.flood.river",
    message_id="act.first",
    exercise=True,
    blanks={"zones": "Bas-Bourg", "riviere.fr": "la Lise"},
    communes=("76901",),
    geojson='{"type":"Polygon"}',
    expires="2026-11-21T23:00",
    channels=("essai", "flux-cap"),
    follows="a" * 32,
    identifier="b" * 32,
    sent=datetime(2026, 11, 21, 16, 40, tzinfo=UTC),
    version_id="v1",
)


@pytest.mark.parametrize("draft", [FULL, Draft("s", "m", exercise=False)])
def test_a_draft_survives_the_confirmation_form(draft):
    assert from_json(to_json(draft)) == draft


@pytest.mark.parametrize("change", [{"more": 1}, {"sent": "yesterday"}])
def test_a_draft_of_another_version_is_refused(change):
    with pytest.raises(ValueError, match=r"version|isoformat"):
        from_json(json.dumps({**json.loads(to_json(FULL)), **change}))
