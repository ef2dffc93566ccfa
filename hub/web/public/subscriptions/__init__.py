"""Subscribing by e-mail, confirming, changing and ending it: no account, no script, no cookie."""

from __future__ import annotations

from hub.web.public.subscriptions import form, links

# No forgery token: the form acts for nobody, and whoever holds a signed link may use it. A mail program that
# unsubscribes for its user has no token to send either (RFC 8058).
TAKES_FORMS = (form.subscribe, links.confirm_subscription, links.manage_subscription, links.unsubscribe)

__all__ = ["TAKES_FORMS", "form", "links"]
