"""Routes whose writers of addresses are made when they are first used."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class LateRule(Rule):
    """A route that compiles what writes its address (for ``url_for``) at the first address that it writes.

    Werkzeug compiles two functions a route at start: with our 180 routes two thirds of what the start of an application
    takes, for addresses of which one process writes a few. What finds a route for a request is made at start, as ever,
    and so are the faults of a rule.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - its signature
        compiled: Callable[..., tuple[str, str]] | None = None
        compile_now = super()._compile_builder

        def build(rule: LateRule, /, **values: object) -> tuple[str, str]:
            nonlocal compiled
            compiled = compiled or compile_now(append_unknown)
            return compiled(rule, **values)

        return build
