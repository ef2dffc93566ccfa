"""The public register of rumours: lists, pages, feeds, open data, figures, and "is this message from us?"."""

from __future__ import annotations

from hub.web.public.rumours import embed, entry, feeds, figures, listing, open_data, verify

__all__ = ["embed", "entry", "feeds", "figures", "listing", "open_data", "verify"]
