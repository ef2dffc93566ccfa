"""The rumour desk's pages. Importing a module hangs its pages on the console's blueprint."""

from __future__ import annotations

from hub.web.console.rumours import queue

VIEWS = (queue,)

__all__ = ["VIEWS"]
