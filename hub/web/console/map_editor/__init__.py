"""Editing the maps in the browser: drafts, their review by a second officer, and review dates."""

from __future__ import annotations

from hub.web.console.map_editor import desk, draft, member, review, structure, warnings

# Importing a module of views hangs its pages on the blueprint.
VIEWS = (desk, draft, member, review, structure, warnings)

__all__ = ["VIEWS"]
