"""Answered rumours straight into the tables: a first answer each, of the length that answers have."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.matching import made_claims
from hub.kernel.db import transaction
from hub.rumours.models import Rumour, RumourVersion
from hub.rumours.register.writing import publish, reindex

SEED = 20261121
TIMEZONE = "Europe/Paris"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VERDICTS = ("false", "misleading", "true", "unverifiable")
TEXTS = ("claim_reviewed", "fact", "warning", "myth", "why", "closing", "guidance")


def fill(numbers: range) -> None:
    """Adds the rumours ``b<number>`` with one published answer each, an hour apart."""
    claims = made_claims(random.Random(SEED), numbers.stop)
    with transaction() as session:
        session.execute(sa.insert(Rumour), [_rumour(number, claims[number]) for number in numbers])
        session.execute(sa.insert(RumourVersion), [_version(number, 1, claims[number]) for number in numbers])
        reindex(session, TIMEZONE)


def change_one(number: int) -> None:
    """A rumour gets its second answer, now."""
    with transaction() as session:
        version = RumourVersion(**_version(number, 2, "le pont est ouvert de nouveau"))
        version.published_at = version.as_of = datetime.now(UTC)
        version.kind = "update"
        session.add(version)
        session.flush()
        publish(session, version, TIMEZONE)


def _rumour(number: int, claim: str) -> dict[str, Any]:
    at = BEGIN + timedelta(minutes=number)
    return {
        "id": f"b{number}", "claim": {"fr": claim}, "communes": ["76901"], "created_at": at, "changed_at": at,
        "revision": 1, "workflow": "approved", "weights": {}, "band": "low", "verdict": VERDICTS[number % 4],
        "response": "register", "answer": {},
    }  # fmt: skip


def _version(number: int, version: int, claim: str) -> dict[str, Any]:
    at = BEGIN + timedelta(minutes=number)
    content = {
        "answer": {name: {"fr": f"{name} : {claim}", "en": f"{name}: {claim}"} for name in TEXTS},
        "event": None, "first_heard": at.isoformat(), "confirmations": [], "evidence": [],
    }  # fmt: skip
    return {
        "rumour_id": f"b{number}", "number": version, "kind": "answer", "verdict": VERDICTS[number % 4], "as_of": at,
        "published_at": at, "communes": ["76901"], "claim": {"fr": claim}, "content": content,
        "digest": f"{number:064x}", "written_by": "", "approved_by": "", "channels": [],
    }  # fmt: skip
