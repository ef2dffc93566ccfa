"""Makes `Message` objects out of the ``messages`` of a map file."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Mapping as Map

from hub.cap.vocabulary import Certainty, MsgType, ResponseType, Severity, Urgency
from hub.kernel.phrase import Phrase
from hub.message_maps.model import (
    CAP_PARTS,
    FORMS,
    TEXT_PART,
    CapOverride,
    Kind,
    Level,
    Message,
    Phase,
    Placeholder,
)
from hub.message_maps.rules import Rules
from hub.message_maps.schema import Faults, Fields, plain_text, unknown
from hub.message_maps.tagged import Tagged, parse
from hub.message_maps.yaml_tree import Listing, Mapping, Node, Scalar

ROLES = ("update", "no_change", "correction", "cancel", "all_clear", "escalate", "de_escalate", "recovery")
_DRAFT = "draft"
_TEXT_FORMS = tuple(form for form in FORMS if form not in {"led", "cap"})
_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_OVERRIDE_KEYS = ("msg_type", "urgency", "severity", "certainty", "response")

Variants = dict[str, dict[str, dict[str, Tagged]]]


def read_messages(
    top: Fields,
    faults: Faults,
    rules: Rules,
    levels: Map[str, Level],
    placeholders: Map[str, Placeholder],
    actions: Collection[str],
) -> tuple[Message, ...]:
    """Reads all messages; ids are unique and every follow-up leads to one of them."""
    reader = _MessageReader(faults, rules, levels, placeholders, actions)
    nodes = top.listing("messages")
    messages = tuple(reader.read(node) for node in nodes)
    ids: dict[str, int] = {}
    for message, node in zip(messages, nodes, strict=True):
        if message.id and message.id in ids:
            faults.at(
                node,
                Phrase(
                    "the message id `%(id)s` stands twice (first on line %(line)s)",
                    id=message.id,
                    line=ids[message.id],
                ),
            )
        ids.setdefault(message.id, message.line)
    for place, message_id, role, target in reader.edges:
        if target not in ids:
            faults.at(place, unknown(f"message {message_id}, followups, {role}", target, ids))
    return messages


class _MessageReader:
    def __init__(
        self,
        faults: Faults,
        rules: Rules,
        levels: Map[str, Level],
        placeholders: Map[str, Placeholder],
        actions: Collection[str],
    ) -> None:
        self.faults = faults
        self.rules = rules
        self.levels = levels
        self.placeholders = placeholders
        self.actions = actions
        self.edges: list[tuple[Node, str, str, str]] = []

    def read(self, node: Node) -> Message:
        fields = Fields(
            self.faults,
            node,
            "message",
            ("id", "phase", "level", "kind", "title", "variants"),
            ("actions", "followups", "cap_override", "status"),
        )
        name = fields.text("id", _ID, "act.first")
        fields.what = f"message {name}"
        level = fields.text("level")
        if level and level not in self.levels:
            self.faults.at(fields.entries["level"], unknown(fields.of("level"), level, self.levels))
        variants, same_as = self._variants(fields)
        return Message(
            id=name,
            phase=fields.word("phase", Phase),
            level=level,
            kind=fields.word("kind", Kind),
            title=fields.localized("title", self.rules.languages),
            actions=self._actions(fields),
            variants=variants,
            followups=self._followups(fields),
            same_as=same_as,
            cap_override=self._override(fields),
            draft=self._draft(fields),
            line=node.line,
        )

    def _actions(self, fields: Fields) -> tuple[str, ...]:
        actions = fields.texts("actions")
        for name, node in zip(actions, fields.listing("actions"), strict=True):
            if name and name not in self.actions:
                self.faults.at(node, unknown(fields.of("actions"), name, self.actions))
        return actions

    def _draft(self, fields: Fields) -> bool:
        if "status" not in fields:
            return False
        status = fields.text("status")
        if status and status != _DRAFT:
            right = Phrase("`draft`, or no `status` at all: an approved map is approved with all its other messages")
            fields.wrong("status", right, status)
        return True

    def _followups(self, fields: Fields) -> dict[str, str]:
        if "followups" not in fields:
            return {}
        edges = Fields(self.faults, fields.entries["followups"], fields.of("followups"), (), ROLES)
        found = {role: edges.text(role) for role in edges.entries}
        self.edges += [
            (edges.entries[role], fields.text("id"), role, target) for role, target in found.items() if target
        ]
        return found

    def _override(self, fields: Fields) -> CapOverride | None:
        if "cap_override" not in fields:
            return None
        words = Fields(self.faults, fields.entries["cap_override"], fields.of("cap_override"), _OVERRIDE_KEYS)
        return CapOverride(
            words.word("msg_type", MsgType),
            words.word("urgency", Urgency),
            words.word("severity", Severity),
            words.word("certainty", Certainty),
            words.words("response", ResponseType),
        )

    def _variants(self, fields: Fields) -> tuple[Variants, dict[str, str]]:
        variants: Variants = {}
        same_as: dict[str, str] = {}
        borrowed: Variants = {}
        if not fields.pairs("variants"):
            return variants, same_as
        forms = Fields(self.faults, fields.entries["variants"], fields.of("variants"), (), FORMS)
        for form, node in forms.entries.items():
            if isinstance(node, Mapping) and "same_as" in node.entries:
                same_as[form] = Fields(self.faults, node, forms.of(form), ("same_as",)).text("same_as")
            else:
                variants[form] = self._form(forms, form)
        for form, other in same_as.items():
            if form not in _TEXT_FORMS or other not in _TEXT_FORMS or other not in variants:
                right = Phrase("`same_as` with the name of another text form that has a text of its own")
                forms.wrong(form, right, other)
            else:
                borrowed[form] = variants[other]
        return variants | borrowed, same_as

    def _form(self, forms: Fields, form: str) -> dict[str, dict[str, Tagged]]:
        read = {"led": self._pages, "cap": self._cap}.get(form, self._text)
        return {
            language: read(node, f"{forms.of(form)}, {language}")
            for language, node in forms.by_language(form, self.rules.languages).items()
        }

    def _text(self, node: Node, what: str) -> dict[str, Tagged]:
        return {TEXT_PART: self._tagged(node, what)}

    def _pages(self, node: Node, what: str) -> dict[str, Tagged]:
        if not isinstance(node, Listing) or not node.items:
            self.faults.at(node, Phrase('%(what)s: expected a list of pages, such as ["[H]FLOOD"]', what=what))
            return {}
        return {
            f"page{number}": self._tagged(page, f"{what}, page {number}") for number, page in enumerate(node.items, 1)
        }

    def _cap(self, node: Node, what: str) -> dict[str, Tagged]:
        parts = Fields(self.faults, node, what, CAP_PARTS)
        return {part: self._tagged(parts.entries[part], parts.of(part)) for part in CAP_PARTS if part in parts}

    def _tagged(self, node: Node, what: str) -> Tagged:
        source = plain_text(self.faults, node, what).strip()

        def report(offset: int, phrase: Phrase) -> None:
            above = source.count("\n", 0, offset)
            # The text of a block (`|`) starts on the line after its mark.
            line = node.line + 1 + above if isinstance(node, Scalar) and node.block else node.line
            self.faults.report(line, node.column, Phrase("%(what)s: %(fault)s", what=what, fault=phrase))

        tagged = parse(source, node.line, report)
        for name in tagged.placeholders:
            if name not in self.placeholders:
                self.faults.at(node, unknown(f"{what}, placeholder", name, self.placeholders))
        return tagged
