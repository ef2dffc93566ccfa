"""A map as a Markdown outline, to be read and compared; it is not read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hub.message_maps.exchange.topics import FORM, LANGUAGE, MESSAGE, PAGE, PART, SITUATION, Topic, walk

# What would be markup. A plain character before which Markdown takes a backslash.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_HEADINGS = 3
_TOLD = ("id", "phase", "level", "kind", "source", "type", "max", "rank", "urgency", "severity", "certainty")


def write_markdown(topics: Iterable[Topic], title: str) -> bytes:
    """The outline of some situations, UTF-8."""
    lines = [f"# {_plain(title)}", ""]
    for topic in topics:
        lines += _lines(topic)
    return ("\n".join(lines).rstrip() + "\n").encode()


def _lines(topic: Topic) -> Iterator[str]:
    for depth, each in walk(topic):
        if each.role == SITUATION or (depth == 1 and each.role != MESSAGE):
            yield from ("", f"{'#' * (depth + 2)} {_plain(each.text)}", "")
        elif each.role == MESSAGE:
            yield from ("", f"{'#' * _HEADINGS} {_plain(each.text)}", "", *_facts(each))
        else:
            yield f"{'  ' * (depth - 2)}- {_item(each)}"
            if each.note:
                yield f"{'  ' * (depth - 1)}- {_plain(each.note)}"


def _item(topic: Topic) -> str:
    if topic.role == LANGUAGE:
        return f"**{topic.text}**"
    if topic.role == FORM:
        name = f"**{topic.values['form']}**"
        if topic.children:
            return name
        return f"{name} = {topic.values['same_as']}" if "same_as" in topic.values else f"{name}: {_plain(topic.text)}"
    if topic.role == PART:
        return f"**{topic.values['part']}**: {_plain(topic.text)}"
    if topic.role == PAGE:
        return _plain(topic.text)
    told = ", ".join(f"{name} {topic.values[name]}" for name in _TOLD if name in topic.values)
    return f"{_plain(topic.text)} ({_plain(told)})"


def _facts(topic: Topic) -> Iterator[str]:
    for name in ("id", "phase", "level", "kind"):
        yield f"- {name}: `{topic.values[name]}`"
    for role, target in topic.links.items():
        yield f"- {role} → `{target}`"
    yield ""


def _plain(text: str) -> str:
    """One line, nothing in it is markup; a line break is shown as a slash."""
    return _MARKUP.sub(r"\\\1", " / ".join(line.strip() for line in text.splitlines() if line.strip()))
