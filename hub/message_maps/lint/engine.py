"""The linter: every rule on every text of a situation.

Rules are grouped by form and kind beforehand, so that a text only meets the rules that apply to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from hub.channels.contract import RenderedText
from hub.message_maps.lint import characters, completeness, length, lifecycle, placeholders
from hub.message_maps.lint.rule import Contents, Fillings, Finding, Grade, Remark, RenderedView, Rule, Scope, TextView
from hub.message_maps.model import Kind, Message, Situation
from hub.message_maps.rules import Rules

RULES: tuple[Rule, ...] = tuple(
    rule for module in (completeness, length, characters, placeholders, lifecycle) for rule in module.BOOK.rules
)


def lint(situation: Situation, rules: Rules) -> list[Finding]:
    """All findings of one situation, in the order of the file: first the map, then message by message."""
    findings = [
        _finding(rule, situation, None, "", remark)
        for rule in _of_scope(Scope.SITUATION)
        for remark in rule.check(situation, rules)
    ]
    fillings = length.fillings(situation, rules)
    for message in situation.messages:
        for rule in _of_scope(Scope.MESSAGE):
            if message.kind in rule.kinds:
                findings += [
                    _finding(rule, situation, message, "", remark) for remark in rule.check(situation, message, rules)
                ]
        for view in _views(situation, message, rules, fillings):
            findings += _lint_text(view)
    return findings


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


def _views(situation: Situation, message: Message, rules: Rules, fillings: Fillings) -> Iterator[TextView]:
    level = situation.level_of(message)
    read: dict[int, Contents] = {}
    for form, languages in message.variants.items():
        for language, parts in languages.items():
            if language not in rules.languages:
                continue
            contents = read.get(id(parts))
            if contents is None:
                contents = read[id(parts)] = Contents(parts, language)
            yield TextView(situation, message, level, form, language, parts, rules, fillings, contents)


def _lint_text(view: TextView) -> Iterator[Finding]:
    borrowed_from = view.message.same_as.get(view.form, "")
    for rule in _text_rules(view.form, view.message.kind, borrowed_from):
        for remark in rule.check(view):
            yield _finding(rule, view.situation, view.message, view.form, remark, view.language, _line(view, remark))


def _line(view: TextView, remark: Remark) -> int:
    tagged = view.parts.get(remark.part) or next(iter(view.parts.values()))
    return tagged.line


@lru_cache(maxsize=256)
def _text_rules(form: str, kind: Kind, borrowed_from: str) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in _of_scope(Scope.TEXT)
        if form in rule.forms
        and kind in rule.kinds
        and (not borrowed_from or rule.borrowed or borrowed_from not in rule.forms)
    )


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
