"""The table of all rules, as it stands in ``docs/message_maps.md``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.message_maps.lint.engine import RULES
from hub.message_maps.lint.rule import ALL_KINDS, Rule, Scope
from hub.message_maps.model import FORMS

BEGIN, END = "<!-- rules:begin -->", "<!-- rules:end -->"


def rules_table() -> str:
    """All rules as a Markdown table, sorted by id."""
    lines = ["| rule | statement | severity | messages | forms | source |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [_row(rule) for rule in sorted(RULES, key=lambda rule: rule.id)]
    return "\n".join(lines)


def with_table(page: str) -> str:
    """A page with the table between its marks brought up to date.

    Raises:
        ValueError: the page has no marks.
    """
    head, _, rest = page.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        msg = f"the page has no {BEGIN} ... {END}"
        raise ValueError(msg)
    return f"{head}{BEGIN}\n{rules_table()}\n{END}{tail}"


def refresh(path: Path) -> None:
    """Brings the table in a file up to date."""
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")


def _row(rule: Rule) -> str:
    return "| " + " | ".join(_cells(rule)) + " |"


def _cells(rule: Rule) -> Iterator[str]:
    yield rule.id
    yield str(rule.statement).replace("|", "\\|")
    yield rule.severity.value
    yield "all" if rule.kinds == ALL_KINDS else ", ".join(sorted(rule.kinds))
    if rule.scope is Scope.SITUATION:
        yield "the map"
    else:
        forms = "all" if rule.forms == FORMS else ", ".join(rule.forms)
        yield f"finished text: {forms}" if rule.scope is Scope.RENDERED else forms
    yield rule.source


if __name__ == "__main__":
    refresh(Path("docs/message_maps.md"))
