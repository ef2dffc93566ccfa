"""The table of all rules, as it stands in ``docs/message_maps.md``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from hub.message_maps.lint.engine import RULES
from hub.message_maps.lint.rule import Rule, Scope
from hub.message_maps.model import FORMS, Kind

BEGIN, END = "<!-- rules:begin -->", "<!-- rules:end -->"
# A list that leaves out this many is told by what it leaves out.
FEW = 2


def rules_table() -> str:
    """All rules as a Markdown table, sorted by id."""
    lines = [
        "| rule | statement | severity | messages | forms | source | what to do |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(rule) for rule in in_order()]
    return "\n".join(lines)


def in_order() -> list[Rule]:
    """All rules, sorted by id; several checks of one id in the order of the code."""
    return sorted(RULES, key=lambda rule: rule.id)


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
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(rule)) + " |"


def _cells(rule: Rule) -> Iterator[str]:
    yield rule.id
    yield str(rule.statement)
    yield rule.severity.value
    yield kinds_of(rule)
    yield forms_of(rule)
    yield rule.source
    yield str(rule.advice)


def kinds_of(rule: Rule) -> str:
    """The kinds of messages that a rule is for: a list of names, ``all but`` a short list, or ``all``."""
    return _listed([kind.value for kind in Kind], {kind.value for kind in rule.kinds})


def forms_of(rule: Rule) -> str:
    """The forms that a rule looks at, ``the map``, or where it is kept if not by the linter."""
    if rule.enforced is not None:
        return f"kept {rule.enforced}"
    if rule.scope is Scope.SITUATION:
        return "the map"
    forms = _listed(FORMS, set(rule.forms))
    return f"finished text: {forms}" if rule.scope is Scope.RENDERED else forms


def _listed(known: Iterable[str], chosen: Collection[str]) -> str:
    left_out = [name for name in known if name not in chosen]
    if not left_out:
        return "all"
    if len(left_out) <= FEW:
        return f"all but {', '.join(left_out)}"
    return ", ".join(name for name in known if name in chosen)


if __name__ == "__main__":
    refresh(Path("docs/message_maps.md"))
