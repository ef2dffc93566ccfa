"""The public register of rumours: lists, pages, feeds, open data, figures, and "is this message from us?"."""

from __future__ import annotations

from hub.web.public.rumours import embed, entry, feeds, figures, listing, open_data, verify
from hub.web.public.rumours.addresses import PublicAddress, pages

__all__ = ["PublicAddress", "embed", "entry", "feeds", "figures", "listing", "open_data", "pages", "verify"]
