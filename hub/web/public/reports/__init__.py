"""Reporting a rumour, and following what became of the report: no account, no script, no cookie."""

from __future__ import annotations

from hub.web.public.reports import form, tracked

# Views that take a form without a forgery token: see `hub.web.public.reports.tokens`.
TAKES_FORMS = (form.report,)

__all__ = ["TAKES_FORMS", "form", "tracked"]
