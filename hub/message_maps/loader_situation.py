"""Makes a `Situation` out of the tree of one map file."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map

from hub.cap.vocabulary import Category, Certainty, ResponseType, Severity, Urgency
from hub.kernel.phrase import Phrase
from hub.message_maps.loader_facts import read_accepted, read_actions, read_facts
from hub.message_maps.loader_messages import read_messages
from hub.message_maps.model import (
    PLACES,
    Family,
    Kinetics,
    Level,
    Origin,
    Owner,
    Part,
    Placeholder,
    PlaceholderType,
    Situation,
    Source,
    State,
)
from hub.message_maps.rules import Rules
from hub.message_maps.schema import Faults, Fields, plain_text, unknown
from hub.message_maps.tagged import Tagged, parse
from hub.message_maps.yaml_tree import Mapping, Node, Scalar

MAP_SCHEMA = "tocsin-map/1"
_SECTIONS = ("schema", "situation", "placeholders", "levels", "messages")
_SITUATION_KEYS = (
    "id",
    "version",
    "status",
    "owner",
    "family",
    "title",
    "synonyms",
    "kinetics",
    "hazard",
    "facts",
    "oet",
    "cap",
    "area",
)
_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"number\.([a-z][a-z0-9_]*)")
_OET = re.compile(r"OET-\d{3}")
_LEVEL_KEYS = (
    "rank",
    "label",
    "urgency",
    "severity",
    "certainty",
    "response",
    "eu_alert",
    "next_update_minutes",
    "expires_minutes",
)
_PLACEHOLDER_OPTIONS = (
    "hint",
    "required",
    "from",
    "future",
    "next_update",
    "per_language",
    "values",
    "default",
    "corrects",
)

MAX_VERSION = 1_000_000
MAX_REVIEW_DAYS = 3650
MAX_BLANK = 500
MAX_RANK = 9
LOWEST_EU_ALERT = 4
# Two weeks: longer than any alert of `alerts.longest_hours` may live.
MAX_MINUTES = 14 * 24 * 60


def read_situation(tree: Mapping, faults: Faults, rules: Rules, sources: Map[str, Source]) -> Situation | None:
    """Reads one file's tree. Faults are collected; the result may only be used when there are none."""
    top = Fields(faults, tree, "map", _SECTIONS, ("actions", "accepted"))
    if "schema" in top and top.text("schema") != MAP_SCHEMA:
        top.wrong("schema", Phrase("`%(schema)s`", schema=MAP_SCHEMA), top.text("schema"))
    if "situation" not in top:
        return None
    head = Fields(faults, top.entries["situation"], "situation", _SITUATION_KEYS, ("aliases",))
    placeholders = {name: _placeholder(faults, name, node, rules) for name, node in top.pairs("placeholders").items()}
    levels = {name: _level(faults, name, node, rules) for name, node in top.pairs("levels").items()}
    facts = read_facts(head, faults, rules, sources)
    actions = read_actions(top, faults, rules, facts, placeholders)
    messages = read_messages(top, faults, rules, levels, placeholders, actions)
    cap = Fields(faults, head.entries.get("cap", head.node), "cap", ("category", "event")) if "cap" in head else None
    return Situation(
        id=head.text("id", _ID, "nat.flood.river"),
        version=head.integer("version", 1, MAX_VERSION),
        status=head.word("status", State),
        owner=_owner(faults, head),
        family=head.word("family", Family),
        title=head.localized("title", rules.languages),
        synonyms=_word_lists(head, "synonyms", rules),
        kinetics=head.word("kinetics", Kinetics),
        hazard=_word_lists(head, "hazard", rules),
        facts=facts,
        oet=_oet(head),
        category=cap.words("category", Category) if cap else (),
        event=cap.localized("event", rules.languages) if cap else {},
        area=_area(faults, head, rules, placeholders),
        placeholders=placeholders,
        levels=levels,
        actions=actions,
        messages=messages,
        aliases=_aliases(head),
        accepted=read_accepted(top, faults, rules, {message.id for message in messages}),
        line=tree.line,
    )


def _owner(faults: Faults, head: Fields) -> Owner:
    node = head.entries.get("owner", Mapping(head.node.line, head.node.column, {}, {}))
    if "owner" not in head:
        faults = Faults(faults.file)  # its absence is reported already
    owner = Fields(faults, node, "owner", ("role", "reviewed_on", "review_every_days"))
    return Owner(owner.text("role"), owner.day("reviewed_on"), owner.integer("review_every_days", 1, MAX_REVIEW_DAYS))


def _aliases(head: Fields) -> tuple[str, ...]:
    aliases = head.texts("aliases")
    for alias, node in zip(aliases, head.listing("aliases"), strict=True):
        if alias and not _ID.fullmatch(alias):
            head.faults.at(node, Phrase("`%(id)s` is no id: expected one such as nat.flood.river", id=alias))
    return aliases


def _word_lists(head: Fields, key: str, rules: Rules) -> dict[str, tuple[str, ...]]:
    nodes = head.by_language(key, rules.languages)
    lists = Fields(head.faults, Mapping(head.node.line, head.node.column, dict(nodes), {}), head.of(key), nodes)
    return {language: lists.texts(language) for language in nodes}


def _oet(head: Fields) -> tuple[str, ...]:
    codes = head.texts("oet")
    for code, node in zip(codes, head.listing("oet"), strict=True):
        if code and not _OET.fullmatch(code):
            head.faults.at(node, Phrase("`%(code)s` is no OASIS event term: expected one such as OET-081", code=code))
    return codes


def _area(faults: Faults, head: Fields, rules: Rules, placeholders: Map[str, Placeholder]) -> dict[str, Tagged]:
    area: dict[str, Tagged] = {}
    for language, node in head.by_language("area", rules.languages).items():
        text = plain_text(faults, node, head.of("area"))
        area[language] = tagged = parse(text, node.line)
        for name in sorted(tagged.placeholders - set(placeholders)):
            faults.at(node, unknown("area", name, placeholders))
        known = [placeholders[name] for name in tagged.placeholders if name in placeholders]
        if text and not any(blank.type in PLACES for blank in known):
            faults.at(node, Phrase("area: it must name a place: use a placeholder of type place or list"))
    return area


def _placeholder(faults: Faults, name: str, node: Node, rules: Rules) -> Placeholder:
    what = f"placeholder {name}"
    entry = Fields(faults, node, what, ("type", "max", "label", "example"), _PLACEHOLDER_OPTIONS)
    if not _NAME.fullmatch(name):
        faults.at(entry.node, Phrase("%(what)s: a name is lower-case letters, digits and _", what=what))
    kind = entry.word("type", PlaceholderType)
    number = _number(entry, kind)
    values = tuple(Fields(faults, value, f"{what}, values", rules.languages) for value in entry.listing("values"))
    if (kind is PlaceholderType.ENUM) != bool(values):
        faults.at(entry.node, Phrase("%(what)s: `values` goes with type enum, and only with it", what=what))
    return Placeholder(
        name=name,
        type=kind,
        max=entry.integer("max", 1, MAX_BLANK),
        label=entry.localized("label", rules.languages),
        example=entry.localized("example", rules.languages),
        hint=entry.localized("hint", rules.languages),
        required=entry.flag("required", default=True),
        origin=entry.word("from", Origin) if "from" in entry and not number else None,
        future=entry.flag("future", default=False),
        next_update=entry.flag("next_update", default=False),
        per_language=_per_language(entry, kind),
        values=tuple({language: value.text(language) for language in rules.languages} for value in values),
        default=entry.text("default"),
        corrects=_corrects(entry, kind),
        number=number,
    )


def _number(entry: Fields, kind: PlaceholderType) -> str:
    """The key of the register of numbers that ``from: number.<key>`` names, or nothing."""
    node = entry.entries.get("from")
    found = _NUMBER.fullmatch(node.value) if isinstance(node, Scalar) else None
    if found is None:
        return ""
    if kind is not PlaceholderType.PHONE:
        entry.wrong("from", Phrase("a number of the register only for phone"), kind)
    return found[1]


def _per_language(entry: Fields, kind: PlaceholderType) -> bool:
    wanted = entry.flag("per_language", default=False)
    if wanted and kind not in PLACES | {PlaceholderType.TEXT}:
        right = Phrase("it only for text, place and list; other types are put into words by the hub")
        entry.wrong("per_language", right, kind)
    return wanted


def _corrects(entry: Fields, kind: PlaceholderType) -> Part | None:
    if "corrects" not in entry:
        return None
    if kind is not PlaceholderType.TEXT:
        entry.wrong("corrects", Phrase("it only for text"), kind)
    return entry.word("corrects", Part)


def _level(faults: Faults, name: str, node: Node, rules: Rules) -> Level:
    entry = Fields(faults, node, f"level {name}", _LEVEL_KEYS)
    if not _ID.fullmatch(name):
        faults.at(entry.node, Phrase("level %(name)s: a name is lower-case ASCII letters and digits", name=name))
    return Level(
        id=name,
        rank=entry.integer("rank", 1, MAX_RANK),
        label=entry.localized("label", rules.languages),
        urgency=entry.word("urgency", Urgency),
        severity=entry.word("severity", Severity),
        certainty=entry.word("certainty", Certainty),
        response=entry.words("response", ResponseType),
        eu_alert=entry.integer("eu_alert", 1, LOWEST_EU_ALERT),
        next_update_minutes=entry.integer("next_update_minutes", 1, MAX_MINUTES),
        expires_minutes=entry.integer("expires_minutes", 1, MAX_MINUTES),
    )
