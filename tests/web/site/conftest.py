"""A town whose public site is built, and readers of its files."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from hub.web.site import site_of
from hub.web.site.builder import Builder
from hub.web.site.place import Place
from tests.web.public.conftest import Town, reader, town

__all__ = ["Town", "reader", "town"]


def files(directory: Path) -> dict[str, bytes]:
    """Every file below a directory by its path."""
    return {str(each.relative_to(directory)): each.read_bytes() for each in directory.rglob("*") if each.is_file()}


def text(path: Path) -> str:
    """A page's text, its entities as the characters that they stand for."""
    return unescape(path.read_text(encoding="utf-8"))


def rebuilt(site, tmp_path: Path) -> dict[str, bytes]:
    """All of the site as one full build makes it somewhere else."""
    other = Place(tmp_path / "other")
    ours = site.builder()
    Builder(other, ours._listing, ours._asking, ("fr", "en"), "another version").build(everything=True)
    return files(other.site)


@pytest.fixture
def site(town):
    """The site of the town, built once."""
    found = site_of(town.app)
    found.builder().build()
    return found
