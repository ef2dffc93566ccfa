"""Rules CMP-*: does a message say who speaks, what happens, where, when, and what to do?

Sources: Mileti and Sorensen's Warning Response Model; Sutton's work on complete messages; FEMA's guidance for alerting
authorities (WEA); Covello on message maps. The checks themselves are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope, TextView
from hub.message_maps.model import PLACES, Kind, Message, PlaceholderType, Situation
from hub.message_maps.readiness import unsourced
from hub.message_maps.rules import Rules

BOOK = RuleBook()

IMPACT_FROM_RANK = 2
SHORT_ACTIONS, LONG_ACTIONS = 3, 6
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s{}]*", re.IGNORECASE)
_EMERGENCY_NUMBER = re.compile(r"\b(?:15|17|18|112|114|999)\b")
_WORDED = ("sms", "x", "bluesky", "mastodon", "long", "cap")
_MOMENT_TYPES = frozenset({PlaceholderType.TIME, PlaceholderType.DATE, PlaceholderType.DURATION})
_LIVE = (Kind.ALERT, Kind.UPDATE)
_ACTING = (Kind.ALERT, Kind.UPDATE, Kind.ALL_CLEAR, Kind.CANCEL)


@BOOK.rule(
    "CMP-01",
    Phrase("Every text says who speaks: [S] with a name in it"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton; FEMA (WEA best practices)",
    forms=_WORDED,
)
def source_is_named(view: TextView) -> Iterator[Remark]:
    """The authority is named in every form but a panel."""
    if "S" not in view.elements:
        yield Remark(Phrase("nobody speaks: add [S] with the authority's name"))
    elif not wording.has_word(view.elements["S"]):
        yield Remark(Phrase("[S] is empty: write the authority's name after it"))


@BOOK.rule(
    "CMP-02",
    Phrase("The hazard is named under [H] with one of the situation's own nouns"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    kinds=_ACTING,
)
def hazard_is_named(view: TextView) -> Iterator[Remark]:
    """A message that does not name the hazard makes people search instead of act."""
    nouns = view.situation.hazard.get(view.language, ())
    if "H" not in view.elements:
        yield Remark(Phrase("the hazard is missing: add [H]"))
    elif not wording.noun_pattern(nouns).search(wording.bare(view.elements["H"])):
        yield Remark(Phrase("[H] names none of the hazard's own nouns (%(nouns)s)", nouns=", ".join(nouns)))


@BOOK.rule(
    "CMP-03",
    Phrase("From the second level on, a first alert says what the hazard can do to people: [I]"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton; Campus Alert Archive",
    kinds=(Kind.ALERT,),
    forms=_WORDED,
)
def impact_is_said(view: TextView) -> Iterator[Remark]:
    """People act sooner when they know what the hazard can do to them."""
    if view.level.rank >= IMPACT_FROM_RANK and not wording.has_word(view.elements.get("I", "")):
        yield Remark(Phrase("the impact is missing: add [I]"))


@BOOK.rule(
    "CMP-04",
    Phrase("The place is said under [L] with a placeholder of type place or list"),
    Grade.ERROR,
    Scope.TEXT,
    source="FEMA IS-242",
    kinds=(Kind.ALERT, Kind.UPDATE, Kind.CORRECTION, Kind.ALL_CLEAR),
)
def place_is_said(view: TextView) -> Iterator[Remark]:
    """Everyone must be able to tell whether it concerns them."""
    if "L" not in view.elements:
        yield Remark(Phrase("the place is missing: add [L]"))
    elif not view.has_blank("L", PLACES):
        # A correction names the right place with a free text, because what was wrong may be anything.
        if view.message.kind is Kind.CORRECTION and view.has_blank("L", {PlaceholderType.TEXT}):
            return
        yield Remark(Phrase("[L] has no placeholder of type place or list, so it cannot say where"))


@BOOK.rule(
    "CMP-05",
    Phrase("The time is said under [T]: a start, now, or an end"),
    Grade.ERROR,
    Scope.TEXT,
    source="FEMA (WEA best practices); Campus Alert Archive",
    kinds=_LIVE,
)
def time_is_said(view: TextView) -> Iterator[Remark]:
    """Time is the element that real alerts lack most. A panel may say it on any of its pages."""
    if view.form == "led":
        said = "T" in view.elements or wording.matches(wording.MOMENTS, view.everything, view.language)
        if not (said or any(view.has_blank(tag, _MOMENT_TYPES) for tag in "HGNK")):
            yield Remark(Phrase("no page says when: add [T], a time, or a word such as “now”"))
        return
    if "T" not in view.elements:
        yield Remark(Phrase("the time is missing: add [T]"))
        return
    text = view.elements["T"]
    if view.has_blank("T", _MOMENT_TYPES) or wording.matches(wording.MOMENTS, text, view.language):
        return
    if not wording.matches(wording.OPEN_ENDS, text, view.language):
        yield Remark(Phrase("[T] says neither a start, nor “now”, nor an end"))


@BOOK.rule(
    "CMP-06",
    Phrase("What to do is said under [G] in at least one imperative sentence (“nothing to do” counts)"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    kinds=_ACTING,
)
def guidance_is_given(view: TextView) -> Iterator[Remark]:
    """A warning without an action only frightens."""
    if "G" not in view.elements:
        yield Remark(Phrase("what to do is missing: add [G]"))
    elif not view.contents.actions:
        yield Remark(Phrase("[G] tells nobody to do anything: use an imperative"))


@BOOK.rule(
    "CMP-07",
    Phrase("Where the end is unknown, the next message is announced with [N] and an all-clear follows"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    kinds=_LIVE,
)
def open_end_is_closed(view: TextView) -> Iterator[Remark]:
    """Who is told “until further notice” must be told when the next notice comes."""
    text = view.elements.get("T", "")
    endless = wording.matches(wording.OPEN_ENDS, view.everything, view.language)
    if not endless and wording.matches(wording.ENDS, text, view.language):
        return
    if not wording.has_word(view.elements.get("N", "")):
        yield Remark(Phrase("no end is given: announce the next message with [N]"))
    if "all_clear" not in view.message.followups:
        yield Remark(Phrase("no end is given: the message needs a follow-up of role all_clear"))


@BOOK.rule(
    "CMP-08",
    Phrase("At most one link, by https, to a host that the authority allows"),
    Grade.ERROR,
    Scope.TEXT,
    source="FEMA (WEA best practices)",
)
def link_is_ours(view: TextView) -> Iterator[Remark]:
    """A foreign or unsafe link in an alert teaches people to trust phishing."""
    known = view.situation.placeholders
    tags = sum(1 for segment in view.segments if segment.tag == "U")
    blanks = sum(
        1
        for segment in view.segments
        for name in segment.names
        if name in known and known[name].type is PlaceholderType.URL
    )
    written = _LINK.findall(view.everything) if "://" in view.everything or "www." in view.everything.lower() else []
    if tags > 1 or blanks + len(written) > 1:
        yield Remark(Phrase("more than one link: keep the most useful"))
    for link in written:
        parts = urlsplit(link)
        if parts.scheme != "https" or (parts.hostname or "") not in view.rules.link_hosts:
            hosts = ", ".join(view.rules.link_hosts)
            yield Remark(Phrase("the link %(link)s is not https to one of %(hosts)s", link=link, hosts=hosts))


@BOOK.rule(
    "CMP-09",
    Phrase("What to do stands before the link, not behind it"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
)
def action_precedes_link(view: TextView) -> Iterator[Remark]:
    """Nobody in danger should have to follow a link to know what to do."""
    tags = [segment.tag for segment in view.segments]
    if "U" in tags and "G" not in tags[: tags.index("U")]:
        yield Remark(Phrase("[U] comes before any [G]: say what to do first"))


@BOOK.rule(
    "CMP-10",
    Phrase("Guidance builds on facts with a source: the message names the actions built on them"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="our decision",
    kinds=(Kind.ALERT, Kind.UPDATE, Kind.CORRECTION, Kind.ALL_CLEAR),
)
def guidance_has_facts(situation: Situation, message: Message, _rules: Rules) -> Iterator[Remark]:
    """An invented instruction can kill; each one goes back to a published behaviour."""
    if not message.actions:
        yield Remark(Phrase("the message names no action: list in `actions` what its guidance says"))
    if not message.draft:
        for action in unsourced(situation, message):
            yield Remark(Phrase("the action %(action)s builds on no fact with a source", action=action.id))


@BOOK.rule(
    "CMP-11",
    Phrase("At most 3 actions in a short text, at most 6 in a long one"),
    Grade.WARNING,
    Scope.TEXT,
    source="Covello; Google public alerts",
    forms=_WORDED,
)
def actions_are_few(view: TextView) -> Iterator[Remark]:
    """Under stress nobody keeps more than a few things in mind."""
    most = LONG_ACTIONS if view.form in {"long", "cap"} else SHORT_ACTIONS
    actions = view.contents.actions
    if view.form == "cap":  # the headline repeats an action of the instruction
        guidance = "\n".join(segment.shown for segment in view.parts["instruction"].segments if segment.tag == "G")
        actions = wording.actions(guidance, view.language)
    found = len(actions)
    if found > most:
        yield Remark(Phrase("%(found)s actions, where people remember %(most)s", found=found, most=most))


@BOOK.rule(
    "CMP-12",
    Phrase(
        "In a long text the first and the last action are the most important: those of the SMS, or an emergency number"
    ),
    Grade.ADVICE,
    Scope.MESSAGE,
    source="Covello",
    kinds=(Kind.ALERT, Kind.UPDATE),
    forms=("long",),
)
def ends_hold_the_essential(_situation: Situation, message: Message, rules: Rules) -> Iterator[Remark]:
    """What comes first and last is remembered best."""
    if "long" not in message.variants or "sms" not in message.variants:
        return
    for language in rules.languages:
        short = _action_words(message, "sms", language)
        long = [
            action
            for segment in message.variants["long"][language]["text"].segments
            if segment.tag == "G"
            for action in wording.actions(segment.shown, language)
        ]
        first, last = (not _is_essential(action, short) for action in (long[:1], long[-1:]))
        if first:
            phrase = Phrase("the first action is not one of the SMS: %(action)s", action=long[0])
            yield Remark(phrase, form="long", language=language)
        if last:
            phrase = Phrase("the last action is not one of the SMS: %(action)s", action=long[-1])
            yield Remark(phrase, form="long", language=language)


def _is_essential(action: list[str], short: set[str]) -> bool:
    return not action or bool(_EMERGENCY_NUMBER.search(action[0]) or short & _words(action[0]))


def _action_words(message: Message, form: str, language: str) -> set[str]:
    segments = message.variants[form][language]["text"].segments
    return {word for segment in segments if segment.tag == "G" for word in _words(segment.shown)}


def _words(text: str) -> set[str]:
    shortest_telling_word = 4
    return {word for word in re.findall(r"\w+", wording.bare(text).lower()) if len(word) >= shortest_telling_word}


@BOOK.rule(
    "CMP-13",
    Phrase("The name of a notice alone (“shelter in place”) is not guidance: write the action"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
)
def notice_is_explained(view: TextView) -> Iterator[Remark]:
    """People do what they are told in plain words, not what a notice is called."""
    text = view.elements.get("G", "")
    if not text or not wording.matches(wording.NOTICE_NAMES, text, view.language):
        return
    pattern = wording.NOTICE_NAMES[view.language]
    plain = [s for s in view.contents.actions if not pattern.search(wording.bare(s))]
    if not plain:
        yield Remark(Phrase("[G] only names a notice: write what people should do"))
