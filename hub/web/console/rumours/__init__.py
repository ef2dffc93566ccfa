"""The rumour desk's pages. Importing a module hangs its pages on the console's blueprint."""

from __future__ import annotations

from hub.web.console.rumours import contacts, editor, events, grounds, inbox, judging, queue, reporters, review, sheet

VIEWS = (contacts, editor, events, grounds, inbox, judging, queue, reporters, review, sheet)

__all__ = ["VIEWS"]
