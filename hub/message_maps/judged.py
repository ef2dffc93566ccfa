"""What the linter says of the versions in force, worked out when they are published and kept beside them.

Linting a whole map takes more than a second; a page reads the result instead. A result holds for one content, one set
of rules of the installation and one state of our own code: when any of them changes, it is worked out anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.channels import text
from hub.kernel.db import Model
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.lint import Finding, Grade, lint
from hub.message_maps.model import Situation
from hub.message_maps.models import SHA256_HEX
from hub.message_maps.rules import Rules

_MSGID, _PARAMS = "phrase", "params"


class MapJudged(Model):
    """The findings of one version as JSON. ``digest`` is that of the version, ``terms`` of what it was judged by."""

    __tablename__ = "map_judged"

    digest: Mapped[str] = mapped_column(sa.String(SHA256_HEX), primary_key=True)
    terms: Mapped[str] = mapped_column(sa.String(SHA256_HEX), primary_key=True)
    findings: Mapped[str] = mapped_column(sa.Text)


def judge(session: Session, rules: Rules) -> int:
    """Lints what is in force and has no result yet, inside the caller's transaction; how many situations that were."""
    terms = terms_of(rules)
    known = set(session.scalars(sa.select(MapJudged.digest).where(MapJudged.terms == terms)))
    in_force = {_digest(situation): situation for _, situation in versions.current(session)}
    fresh = {digest: situation for digest, situation in in_force.items() if digest not in known}
    for situation in fresh.values():
        keep(session, situation, rules)
    outdated = sa.or_(MapJudged.terms != terms, MapJudged.digest.not_in(list(in_force)))
    session.execute(sa.delete(MapJudged).where(outdated))
    return len(fresh)


def keep(session: Session, situation: Situation, rules: Rules) -> None:
    """Lints one version and keeps the result. Two processes may do so at once: they write the same."""
    row = MapJudged(digest=_digest(situation), terms=terms_of(rules), findings=_written(lint(situation, rules)))
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)


def findings(session: Session, situation: Situation, rules: Rules) -> tuple[Finding, ...]:
    """What the linter says of a version: read where it was kept, else worked out. Nothing is written."""
    row = session.get(MapJudged, (_digest(situation), terms_of(rules)))
    return tuple(_read(json.loads(row.findings)) if row is not None else lint(situation, rules))


@lru_cache(maxsize=8)
def terms_of(rules: Rules) -> str:
    """The SHA-256 of the rules of the installation and of the code that judges, in hexadecimal digits."""
    found = hashlib.sha256(repr(rules).encode())
    for path in [*sorted(Path(__file__).parent.rglob("*.py")), Path(text.__file__)]:
        found.update(path.read_bytes())
    return found.hexdigest()


def _digest(situation: Situation) -> str:
    return versions.digest_of(versions.canonical(situation))


def _written(found: Iterable[Finding]) -> str:
    rows = [
        {
            "rule": each.rule,
            "severity": each.severity,
            "situation": each.situation,
            "message": each.message,
            "form": each.form,
            "language": each.language,
            "phrase": _spelled(each.phrase),
            "part": each.part,
            "span": each.span,
            "line": each.line,
        }
        for each in found
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _spelled(value: Any) -> Any:
    if isinstance(value, Phrase):
        return {_MSGID: value.msgid, _PARAMS: {name: _spelled(each) for name, each in value.params.items()}}
    return value if isinstance(value, int | float) else str(value)


def _read(rows: Iterable[dict[str, Any]]) -> list[Finding]:
    return [Finding(**{**row, **_typed(row)}) for row in rows]


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    span = row["span"]
    return {
        "severity": Grade(row["severity"]),
        "phrase": _phrase(row["phrase"]),
        "span": None if span is None else tuple(span),
    }


def _phrase(value: Mapping[str, Any]) -> Phrase:
    params = {name: _phrase(each) if isinstance(each, dict) else each for name, each in value[_PARAMS].items()}
    return Phrase(value[_MSGID], **params)
