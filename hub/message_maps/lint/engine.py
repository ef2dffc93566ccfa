"""The linter: every rule on every text of a situation.

A text is analysed once (`views.Contents`), however many forms borrow it. Rules are grouped by form and kind beforehand,
and a rule that looks for something is only asked about texts that show a sign of it (`signs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from hub.channels.contract import RenderedText
from hub.message_maps.lint import (
    accepted,
    access,
    characters,
    completeness,
    debunk,
    languages,
    length,
    levels,
    lifecycle,
    naming,
    order,
    placeholders,
    style,
    whole,
)
from hub.message_maps.lint.rule import Finding, Grade, Remark, Rule, Scope
from hub.message_maps.lint.views import MessageView, RenderedView, SituationView, TextView
from hub.message_maps.model import Kind, Message, Situation
from hub.message_maps.rules import Rules

_MODULES = (
    completeness,
    order,
    length,
    characters,
    style,
    naming,
    levels,
    lifecycle,
    debunk,
    access,
    languages,
    placeholders,
    whole,
)
RULES: tuple[Rule, ...] = tuple(rule for module in _MODULES for rule in module.BOOK.rules)


def lint(situation: Situation, rules: Rules) -> list[Finding]:
    """All findings of one situation: first the map, then message by message in the order of the file.

    Accepted warnings are among them (`accepted.open_warnings` leaves them out); an accepted entry that matches none is
    a finding itself, MAP-09.
    """
    views = tuple(_views(situation, situation.messages, rules))
    whole_map = SituationView(situation, rules, views)
    findings = [
        _finding(rule, situation, None, "", remark)
        for rule in _of_scope(Scope.SITUATION)
        for remark in rule.check(whole_map)
    ]
    for view in views:
        _lint_view(view, findings)
    return findings + accepted.stale(situation, findings)


def lint_message(situation: Situation, message_id: str, rules: Rules) -> list[Finding]:
    """The findings of one message alone, for an editor: nothing that needs the other messages' texts is asked.

    Raises:
        NotFound: the situation has no such message.
    """
    findings: list[Finding] = []
    for view in _views(situation, (situation.message(message_id),), rules):
        _lint_view(view, findings)
    return findings


def lint_text(situation: Situation, message_id: str, form: str, language: str, rules: Rules) -> list[Finding]:
    """The findings of one text alone, those of its message that name this form and language included.

    Raises:
        NotFound: the situation has no such message, or the message no such text.
    """
    situation.message(message_id).variant(form, language)
    here = {form, language}
    return [
        finding for finding in lint_message(situation, message_id, rules) if here == {finding.form, finding.language}
    ]


def lint_rendered(
    situation: Situation, message: Message, texts: Mapping[str, Mapping[str, RenderedText]], rules: Rules
) -> list[Finding]:
    """What the rules say of finished texts, form -> language -> text, as they would be sent."""
    return [
        _finding(rule, situation, message, form, remark, language)
        for form, languages in texts.items()
        for language, text in languages.items()
        for rule in _of_scope(Scope.RENDERED)
        if form in rule.forms
        for remark in rule.check(RenderedView(situation, message, form, language, text.parts, rules))
    ]


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that keep a map from being used."""
    return [finding for finding in findings if finding.severity is Grade.ERROR]


def _views(situation: Situation, messages: Iterable[Message], rules: Rules) -> Iterator[MessageView]:
    fillings = length.fillings(situation, rules)
    for message in messages:
        yield MessageView(situation, message, rules, fillings)


def _lint_view(view: MessageView, findings: list[Finding]) -> None:
    situation, message = view.situation, view.message
    for rule in _message_rules(message.kind):
        findings += [_finding(rule, situation, message, "", remark) for remark in rule.check(view)]
    for text in view.texts:
        shown = text.contents.signs
        for needs, spared, rule in _text_rules(text.form, message.kind, message.same_as.get(text.form, "")):
            if (needs and not needs & shown) or spared & shown:
                continue
            for remark in rule.check(text):
                line = _line(text, remark)
                findings.append(_finding(rule, situation, message, text.form, remark, text.language, line))


def _line(view: TextView, remark: Remark) -> int:
    tagged = view.parts.get(remark.part) or next(iter(view.parts.values()))
    return tagged.line


@lru_cache(maxsize=1024)
def _text_rules(form: str, kind: Kind, borrowed_from: str) -> tuple[tuple[int, int, Rule], ...]:
    return tuple(
        (rule.needs, rule.spared, rule)
        for rule in _of_scope(Scope.TEXT)
        if form in rule.forms
        and kind in rule.kinds
        and (not borrowed_from or rule.borrowed or borrowed_from not in rule.forms)
    )


@lru_cache(maxsize=32)
def _message_rules(kind: Kind) -> tuple[Rule, ...]:
    return tuple(rule for rule in _of_scope(Scope.MESSAGE) if kind in rule.kinds)


@lru_cache(maxsize=8)
def _of_scope(scope: Scope) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.scope is scope)


def _finding(
    rule: Rule,
    situation: Situation,
    message: Message | None,
    form: str,
    remark: Remark,
    language: str = "",
    line: int = 0,
) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        situation=situation.id,
        message=message.id if message else remark.message,
        form=form or remark.form,
        language=language or remark.language,
        phrase=remark.phrase,
        part=remark.part,
        span=remark.span,
        line=remark.line or line or (message.line if message else situation.line),
    )
