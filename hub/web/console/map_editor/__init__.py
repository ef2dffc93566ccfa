"""Editing the maps in the browser: drafts, their review by a second officer, and review dates."""

from __future__ import annotations

from hub.web.console.map_editor import desk

# Importing a module of views hangs its pages on the blueprint.
VIEWS = (desk,)

__all__ = ["VIEWS"]
