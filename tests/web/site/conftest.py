"""A town whose public site is built, and readers of its files."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from hub.web.site import site_of
from tests.web.public.conftest import Town, reader, town

__all__ = ["Town", "reader", "town"]


def files(directory: Path) -> dict[str, bytes]:
    """Every file below a directory by its path."""
    return {str(each.relative_to(directory)): each.read_bytes() for each in directory.rglob("*") if each.is_file()}


def text(path: Path) -> str:
    """A page's text, its entities as the characters that they stand for."""
    return unescape(path.read_text(encoding="utf-8"))


@pytest.fixture
def site(town):
    """The site of the town, built once."""
    found = site_of(town.app)
    found.builder().build()
    return found
