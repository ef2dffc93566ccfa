"""What the tests of drafts share: officers, the sample map as a document, and short ways through the workflow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.message_maps import versions
from hub.message_maps.document import to_document
from hub.message_maps.drafts import queries, service, workflow
from hub.message_maps.drafts.checkup import Terms
from hub.message_maps.loader import load_sources
from tests.message_maps.samples import MAPS, RULES, flood

NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ANNE, BILL, CARL = (Actor("officer", f"{name[0]}1", name) for name in ("Anne", "Bill", "Carl"))
HUB = Actor("command_line", "root", "root")
ID = "nat.flood"
TERMS = Terms(RULES, load_sources(MAPS), TODAY)


@cache
def _content() -> dict[str, Any]:
    return to_document(flood())


def document(sms: str = "", **head: Any) -> dict[str, Any]:
    """The sample map; ``sms`` replaces the French text message of its first alert, ``head`` fields of the situation."""
    content: dict[str, Any] = _copy(_content())
    if sms:
        message(content, "act.first")["variants"]["sms"]["fr"] = sms
    content["situation"].update(head)
    return content


def message(content: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in content["messages"] if each["id"] == name)
    return found


def publish() -> None:
    with transaction() as session:
        versions.publish(session, [flood()], now=NOW, actor_name="hub")


def put(content: dict[str, Any], actor: Actor = ANNE, expected: int | None = None) -> int:
    with transaction() as session:
        draft = service.put(session, ID, content, actor=actor, now=NOW, expected=expected, origin="editor")
        return draft.revision


def submit(actor: Actor = ANNE, terms: Terms = TERMS) -> None:
    with transaction() as session:
        expected = queries.get_open(session, ID).revision
        workflow.submit(session, ID, actor=actor, now=NOW, expected=expected, terms=terms)


def approve(actor: Actor = BILL, terms: Terms = TERMS) -> str:
    with transaction() as session:
        draft = queries.find(session, ID)
        assert draft is not None
        return workflow.approve(session, ID, actor=actor, now=NOW, expected=draft.revision, terms=terms)


def state() -> str:
    draft = queries.find(reading(), ID)
    return draft.state.value if draft else ""


def in_use(*names: str) -> Terms:
    return replace(TERMS, in_use={ID: frozenset(names)})


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(member) for key, member in value.items()}
    return [_copy(member) for member in value] if isinstance(value, list) else value
