"""The shipped message maps, read once a process: they are immutable, and reading them again tells nothing new."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hub.kernel.settings import Settings
from hub.message_maps.loader import Loaded, load_directory
from hub.message_maps.rules import Rules


def shipped(settings: Settings) -> Loaded:
    """All maps of the directory in the settings."""
    return _read(settings.maps.directory, settings.site.languages, settings.maps.link_hosts)


@cache
def _read(directory: Path, languages: tuple[str, ...], link_hosts: tuple[str, ...]) -> Loaded:
    return load_directory(directory, Rules(languages=languages, link_hosts=link_hosts))
