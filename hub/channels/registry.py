"""Finds the adapters, holds each to the contract, and reads ``channels.toml``; every fault at once, at the start."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import marshmallow as ma

from hub.channels import adapters as adapter_package
from hub.channels.contract import FORMS, Channel, ChannelAdapter, Surroundings
from hub.kernel.phrase import Phrase

IDENTIFIER = re.compile(r"[a-z][a-z0-9-]{1,39}")
LONGEST_LABEL = 60
KEYS = frozenset({"id", "kind", "label", "exercise", "languages", "rate_per_minute", "settings"})
# A thousand a second: faster than any one hub sends, so a larger number is a slip of the pen.
HIGHEST_RATE = 60_000
REQUIRED = ("id", "kind", "label", "exercise")
FLAGS = ("multilingual", "single", "idempotent", "can_edit", "can_reply", "can_read_back")


class ChannelsError(Exception):
    """The channels cannot be used. ``faults`` names every one, and what would be right."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("the channels have faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


def discover(
    package: ModuleType = adapter_package, only: frozenset[str] | None = None
) -> dict[str, type[ChannelAdapter]]:
    """All adapters of a package by kind. An adapter is found because its file is there; no list names it.

    Args:
        package: where they lie.
        only: imports no other than these, if they are all there: an adapter may need libraries of some megabytes.

    Raises:
        ChannelsError: a module cannot be imported, or breaks the contract.
    """
    faults: list[str] = []
    found: dict[str, type[ChannelAdapter]] = {}
    there = {entry.name for entry in pkgutil.iter_modules(package.__path__)}
    for name in sorted(only if only is not None and only <= there else there):
        try:
            module = importlib.import_module(f"{package.__name__}.{name}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the start must stop and name the file
            faults.append(f"adapter {name}: cannot be imported: {type(error).__name__}: {error}")
            continue
        classes = [
            member
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, ChannelAdapter) and member.__module__ == module.__name__
        ]
        if len(classes) != 1:
            faults.append(f"adapter {name}: the file must hold exactly one adapter, found {len(classes)}")
            continue
        faults.extend(f"adapter {name}: {fault}" for fault in contract_faults(classes[0], name))
        found[name] = classes[0]
    if faults:
        raise ChannelsError(faults)
    return found


def contract_faults(adapter: type[ChannelAdapter], name: str) -> Iterator[str]:
    """What an adapter class lacks to be one; ``name`` is that of its file."""
    if getattr(adapter, "kind", None) != name:
        yield f"kind must be {name!r}, like the file"
    if not isinstance(getattr(adapter, "label", None), Phrase):
        yield "label must be a Phrase"
    if getattr(adapter, "form", None) not in FORMS:
        yield f"form must be one of {', '.join(FORMS)}"
    for flag in FLAGS:
        if not isinstance(getattr(adapter, flag, None), bool):
            yield f"{flag} must be True or False"
    schema = getattr(adapter, "settings_schema", None)
    if not (isinstance(schema, type) and issubclass(schema, ma.Schema)):
        yield "settings_schema must be a marshmallow schema"
    if missing := sorted(getattr(adapter, "__abstractmethods__", ())):
        yield f"lacks {', '.join(missing)}"
    yield from _consistency_faults(adapter)


def _consistency_faults(adapter: type[ChannelAdapter]) -> Iterator[str]:
    window: Any = adapter.idempotency_window
    if window is not None and not (isinstance(window, timedelta) and window > timedelta(0)):
        yield "idempotency_window must be a positive timedelta, or None"
    if window is not None and not getattr(adapter, "idempotent", False):
        yield "idempotency_window means nothing without idempotent = True"
    if adapter.can_edit and not callable(getattr(adapter, "edit", None)):
        yield "can_edit = True needs a method edit(outgoing, earlier)"
    if adapter.can_read_back != (adapter.read_back is not ChannelAdapter.read_back):
        yield "can_read_back = True and a method read_back(outgoing) go together"
    if getattr(adapter, "single", True) is False and adapter.check_address is ChannelAdapter.check_address:
        yield "single = False needs its own check_address"


def load_channels(
    file: Path,
    surroundings: Surroundings,
    site_languages: tuple[str, ...],
    kinds: Mapping[str, type[ChannelAdapter]] | None = None,
) -> dict[str, Channel]:
    """The configured channels by id, in the order of the file.

    Args:
        file: a TOML file with one ``[[channel]]`` table a channel.
        surroundings: what the adapters are lent.
        site_languages: the languages of the public; a channel carries some of them.
        kinds: the adapters; those of `hub.channels.adapters` by default.

    Raises:
        ChannelsError: the file or an adapter has faults; all of them are listed.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChannelsError([f"{file}: {error}"]) from error
    tables = content.pop("channel", [])
    faults = [f"{file}: unknown key {key!r}; channels are [[channel]] tables" for key in content]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ChannelsError([*faults, f"{file}: channels are written as [[channel]] tables"])
    if kinds is None:
        kinds = discover(only=frozenset(str(table.get("kind")) for table in tables))
    channels: dict[str, Channel] = {}
    for number, table in enumerate(tables, start=1):
        place = f"channel {number} ({table.get('id', 'without id')})"
        reading = _ChannelTable(table, kinds, site_languages)
        channel = reading.channel(surroundings)
        faults.extend(f"{place}: {fault}" for fault in reading.faults)
        if channel is not None and channel.id in channels:
            faults.append(f"{place}: the id is used twice")
        elif channel is not None:
            channels[channel.id] = channel
    if faults:
        raise ChannelsError(faults)
    return channels


class _ChannelTable:
    """One ``[[channel]]`` table on its way to a `Channel`; ``faults`` is all that is wrong with it."""

    def __init__(
        self, table: Mapping[str, Any], kinds: Mapping[str, type[ChannelAdapter]], site_languages: tuple[str, ...]
    ) -> None:
        self.table = table
        self.kinds = kinds
        self.site_languages = site_languages
        self.faults: list[str] = []

    def channel(self, surroundings: Surroundings) -> Channel | None:
        self._check_keys()
        self._check_words()
        kind = self.table.get("kind")
        adapter = self.kinds.get(kind) if isinstance(kind, str) else None
        if adapter is None:
            self.faults.append(f"kind: there is no {kind!r}; the kinds are {', '.join(sorted(self.kinds))}")
            return None
        languages = self._languages(adapter)
        settings = self._settings(adapter)
        if self.faults:
            return None
        return Channel(
            id=self.table["id"],
            kind=adapter.kind,
            label=self.table["label"],
            exercise=self.table["exercise"],
            languages=languages,
            adapter=adapter(self.table["id"], settings, languages, surroundings),
            rate_per_minute=self.table.get("rate_per_minute"),
        )

    def _check_keys(self) -> None:
        for key in self.table:
            if key not in KEYS:
                self.faults.append(f"unknown key {key!r}; the keys are {', '.join(sorted(KEYS))}")
        for key in REQUIRED:
            if key not in self.table:
                self.faults.append(f"{key}: missing")

    def _check_words(self) -> None:
        identifier, label = self.table.get("id", "aa"), self.table.get("label", "label")
        if not isinstance(identifier, str) or not IDENTIFIER.fullmatch(identifier):
            self.faults.append("id: expected 2 to 40 lower-case letters, digits and hyphens, a letter first")
        if not isinstance(label, str) or not label.isprintable() or not 0 < len(label.strip()) <= LONGEST_LABEL:
            self.faults.append(f"label: expected a line of 1 to {LONGEST_LABEL} characters")
        if not isinstance(self.table.get("exercise", True), bool):
            self.faults.append("exercise: expected true (an exercise may reach this channel) or false")
        rate = self.table.get("rate_per_minute", 1)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= HIGHEST_RATE:
            self.faults.append(f"rate_per_minute: expected a number above 0 and up to {HIGHEST_RATE}, or leave it out")

    def _languages(self, adapter: type[ChannelAdapter]) -> tuple[str, ...]:
        default = list(self.site_languages) if adapter.multilingual else None
        languages = self.table.get("languages", default)
        if languages is None:
            self.faults.append(f"languages: {adapter.kind} carries one language a channel, so name it, such as ['fr']")
            return ()
        if (
            not isinstance(languages, list)
            or not languages
            or any(item not in self.site_languages for item in languages)
        ):
            self.faults.append(f"languages: expected a list out of {', '.join(self.site_languages)}")
            return ()
        if len(set(languages)) < len(languages):
            self.faults.append("languages: each one once")
        if not adapter.multilingual and len(languages) > 1:
            self.faults.append(f"languages: {adapter.kind} carries one language a channel; make a channel for each")
        return tuple(languages)

    def _settings(self, adapter: type[ChannelAdapter]) -> Mapping[str, Any]:
        settings = self.table.get("settings", {})
        if not isinstance(settings, dict):
            self.faults.append("settings: expected a [channel.settings] table")
            return {}
        try:
            return adapter.settings_schema().load(settings) or {}
        except ma.ValidationError as error:
            for path, message in _flat(error.messages, ("settings",)):
                self.faults.append(f"{path}: {message}")
            return {}


def _flat(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Marshmallow's nested messages, one by one with their place."""
    if isinstance(messages, dict):
        for key, value in messages.items():
            yield from _flat(value, path if key == ma.exceptions.SCHEMA else (*path, str(key)))
    elif isinstance(messages, list):
        for value in messages:
            yield from _flat(value, path)
    else:
        yield ".".join(path), str(messages)
