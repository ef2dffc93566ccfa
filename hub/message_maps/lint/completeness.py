"""Rules CMP-*: does a message say who speaks, what happens, where, when, and what to do?

Sources: Mileti and Sorensen's Warning Response Model; Sutton's work on complete messages; FEMA's guidance for alerting
authorities (WEA); Covello on message maps. The checks themselves are ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint import signs
from hub.message_maps.lint.kinds import ACTING, FOUNDED, LIVE, PLACED, WORDED
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import MessageView, TextView
from hub.message_maps.model import Kind, PlaceholderType
from hub.message_maps.readiness import unsourced

BOOK = RuleBook()

IMPACT_FROM_RANK = 2
SHORT_ACTIONS, LONG_ACTIONS, SIMPLE_ACTIONS = 3, 6, 8
SHORTEST_TELLING_WORD = 4
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s{}]*", re.IGNORECASE)
_EMERGENCY_NUMBER = re.compile(r"\b(?:15|17|18|112|114|999)\b")
_MOMENT_TYPES = frozenset({PlaceholderType.TIME, PlaceholderType.DATE, PlaceholderType.DURATION})
_LONG_WORD = re.compile(rf"\w{{{SHORTEST_TELLING_WORD},}}")


@BOOK.rule(
    "CMP-01",
    Phrase("Every text says who speaks: [S] with a name in it"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton; FEMA (WEA best practices)",
    advice=Phrase("Write [S] and the authority's public name, such as [S]{autorite}, near the start of the text."),
    forms=WORDED,
    spared=signs.SOURCE,
)
def source_is_named(view: TextView) -> Iterator[Remark]:
    """The authority is named in every form but a panel."""
    if "S" not in view.elements:
        yield Remark(Phrase("nobody speaks: add [S] with the authority's name"))
    else:
        yield Remark(Phrase("[S] is empty: write the authority's name after it"))


@BOOK.rule(
    "CMP-02",
    Phrase("The hazard is named under [H] with one of the situation's own nouns"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Write [H] and the hazard's noun as the map lists it under `hazard`; no synonym, no code."),
    kinds=ACTING,
)
def hazard_is_named(view: TextView) -> Iterator[Remark]:
    """A message that does not name the hazard makes people search instead of act."""
    nouns = view.situation.hazard.get(view.language, ())
    if "H" not in view.elements:
        yield Remark(Phrase("the hazard is missing: add [H]"))
    elif not wording.plain_noun_pattern(nouns).search(wording.bare(view.elements["H"]).lower()):
        yield Remark(Phrase("[H] names none of the hazard's own nouns (%(nouns)s)", nouns=", ".join(nouns)))


@BOOK.rule(
    "CMP-03",
    Phrase("From the second level on, a first alert says what the hazard can do to people: [I]"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton; Campus Alert Archive",
    advice=Phrase("Add [I] and, in a few words, what the hazard can do to someone who does nothing."),
    kinds=(Kind.ALERT,),
    forms=WORDED,
    spared=signs.IMPACT,
)
def impact_is_said(view: TextView) -> Iterator[Remark]:
    """People act sooner when they know what the hazard can do to them."""
    if view.level.rank >= IMPACT_FROM_RANK:
        yield Remark(Phrase("the impact is missing: add [I]"))


@BOOK.rule(
    "CMP-04",
    Phrase("The place is said under [L] with a placeholder of type place or list"),
    Grade.ERROR,
    Scope.TEXT,
    source="FEMA IS-242",
    advice=Phrase("Write [L] and a blank for districts or streets that people know, such as [L]{zones}."),
    kinds=PLACED,
    spared=signs.PLACE_BLANK,
)
def place_is_said(view: TextView) -> Iterator[Remark]:
    """Everyone must be able to tell whether it concerns them."""
    if "L" not in view.elements:
        yield Remark(Phrase("the place is missing: add [L]"))
        return
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
    advice=Phrase("Add [T] with a time blank (“until {fin}”), or with “now” when it has begun."),
    kinds=LIVE,
    spared=signs.TIMED,
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
    known = (wording.MOMENTS, wording.OPEN_ENDS)
    if not any(wording.matches(patterns, text, view.language) for patterns in known):
        yield Remark(Phrase("[T] says neither a start, nor “now”, nor an end"))


@BOOK.rule(
    "CMP-06",
    Phrase("What to do is said under [G] in at least one imperative sentence (“nothing to do” counts)"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Add [G] and a verb that people can follow at once: “Go upstairs.”, “Do not drive.”"),
    kinds=ACTING,
)
def guidance_is_given(view: TextView) -> Iterator[Remark]:
    """A warning without an action only frightens."""
    if any(view.contents.imperative):
        return
    if "G" not in view.elements:
        yield Remark(Phrase("what to do is missing: add [G]"))
    else:
        yield Remark(Phrase("[G] tells nobody to do anything: use an imperative"))


@BOOK.rule(
    "CMP-07",
    Phrase("Where the end is unknown, the next message is announced with [N] and an all-clear follows"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase(
        "Say until when, or add [N] with the time of the next message and a follow-up of role all_clear to the message."
    ),
    kinds=LIVE,
)
def open_end_is_closed(view: TextView) -> Iterator[Remark]:
    """Who is told “until further notice” must be told when the next notice comes."""
    announced = view.contents.signs & signs.NEXT
    followed = "all_clear" in view.message.followups
    if announced and followed:
        return
    text = view.elements.get("T", "")
    endless = wording.matches(wording.OPEN_ENDS, view.everything, view.language)
    if not endless and wording.matches(wording.ENDS, text, view.language):
        return
    if not announced:
        yield Remark(Phrase("no end is given: announce the next message with [N]"))
    if not followed:
        yield Remark(Phrase("no end is given: the message needs a follow-up of role all_clear"))


@BOOK.rule(
    "CMP-08",
    Phrase("At most one link, by https, to a host that the authority allows"),
    Grade.ERROR,
    Scope.TEXT,
    source="FEMA (WEA best practices)",
    advice=Phrase("Keep one link, the town's own page; best as a blank that the hub fills from the settings."),
    needs=signs.ADDRESS | signs.LINK,
)
def link_is_ours(view: TextView) -> Iterator[Remark]:
    """A foreign or unsafe link in an alert teaches people to trust phishing."""
    known = view.situation.placeholders
    tags = view.contents.tags.count("U")
    blanks = sum(
        1
        for segment in view.segments
        for name in segment.names
        if name in known and known[name].type is PlaceholderType.URL
    )
    written = _LINK.findall(view.everything) if "://" in view.everything or "www." in view.plain else []
    if tags > 1 or blanks + len(written) > 1:
        yield Remark(Phrase("more than one link: keep the most useful"))
    for link in written:
        if not _is_allowed(link, view.rules.link_hosts):
            hosts = ", ".join(view.rules.link_hosts)
            yield Remark(Phrase("the link %(link)s is not https to one of %(hosts)s", link=link, hosts=hosts))


def _is_allowed(link: str, hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:  # brackets around what is no address
        return False
    return parts.scheme == "https" and (parts.hostname or "") in hosts


@BOOK.rule(
    "CMP-09",
    Phrase("What to do stands before the link, not behind it"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Write what to do in the text itself, and the link after it for those who want to know more."),
    needs=signs.LINK,
)
def action_precedes_link(view: TextView) -> Iterator[Remark]:
    """Nobody in danger should have to follow a link to know what to do. A debunk's link leads to the proof."""
    tags = view.contents.tags
    told = "F" if view.message.kind is Kind.DEBUNK else "G"
    if told not in tags[: tags.index("U")]:
        yield Remark(Phrase("[U] comes before any [%(tag)s]: say that first", tag=told))


@BOOK.rule(
    "CMP-10",
    Phrase("Guidance builds on facts with a source: the message names the actions built on them"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="our decision",
    advice=Phrase(
        "List under `actions` what the message tells people to do and give each action a fact with a source; until "
        "there is one, set the message to `status: draft`."
    ),
    kinds=FOUNDED,
)
def guidance_has_actions(view: MessageView) -> Iterator[Remark]:
    """An invented instruction can kill; each one goes back to a published behaviour. A draft may still lack it."""
    situation, message = view.situation, view.message
    if not message.actions:
        yield Remark(Phrase("the message names no action: list in `actions` what its guidance says"))
    for name in message.actions:
        if name not in situation.actions:
            yield Remark(Phrase("the action %(action)s is not one of the map", action=name))
    if not message.draft:
        for action in unsourced(situation, message):
            yield Remark(Phrase("the action %(action)s builds on no fact with a source", action=action.id))


@BOOK.rule(
    "CMP-11",
    Phrase("At most 3 actions in a short text, 6 in a long one, 8 short sentences in a simplified one"),
    Grade.WARNING,
    Scope.TEXT,
    source="Covello; Google public alerts",
    advice=Phrase("Keep the actions that save lives; leave the others to the long text."),
    forms=WORDED,
    needs=signs.GUIDANCE,
)
def actions_are_few(view: TextView) -> Iterator[Remark]:
    """Under stress nobody keeps more than a few things in mind. Simplified texts cut one action into several."""
    most = {"long": LONG_ACTIONS, "cap": LONG_ACTIONS, "simplified": SIMPLE_ACTIONS}.get(view.form, SHORT_ACTIONS)
    imperative = view.contents.imperative
    if len(imperative) <= most:
        return
    found = sum(imperative)
    if found > most and view.form == "cap":  # the headline repeats an action of the instruction
        guidance = "\n".join(segment.shown for segment in view.parts["instruction"].segments if segment.tag == "G")
        found = len(wording.actions(guidance, view.language))
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
    advice=Phrase(
        "Start and end the list of the long text with an action of the SMS, or end with the emergency number."
    ),
    kinds=(Kind.ALERT, Kind.UPDATE, Kind.NO_CHANGE, Kind.DE_ESCALATE),
    forms=("long",),
)
def ends_hold_the_essential(view: MessageView) -> Iterator[Remark]:
    """What comes first and last is remembered best."""
    for language in view.rules.languages:
        long, sms = view.text("long", language), view.text("sms", language)
        if long is None or sms is None or not long.contents.actions:
            continue
        short = set(_LONG_WORD.findall(" ".join(sms.contents.guidance_plain)))
        first, last = long.contents.actions[0], long.contents.actions[-1]
        if not _is_essential(first, short):
            phrase = Phrase("the first action is not one of the SMS: %(action)s", action=first)
            yield Remark(phrase, form="long", language=language)
        if not _is_essential(last, short):
            phrase = Phrase("the last action is not one of the SMS: %(action)s", action=last)
            yield Remark(phrase, form="long", language=language)


def _is_essential(action: str, short: set[str]) -> bool:
    if _EMERGENCY_NUMBER.search(action):
        return True
    return not short.isdisjoint(_LONG_WORD.findall(wording.bare(action).lower()))


@BOOK.rule(
    "CMP-13",
    Phrase("The name of a notice alone (“shelter in place”) is not guidance: write the action"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase(
        "Write what the notice asks for: “Go indoors, close doors and windows” instead of “shelter in place”."
    ),
    needs=signs.NOTICE,
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
