"""The linter: what a message map must hold to be used.

`lint` looks at a map, `lint_message` at one message of it, `lint_rendered` at finished texts; `publishable` says
whether a map may be published, `score` how good one text is. A rule lives in the module of its family.
"""

from hub.message_maps.lint.accepted import open_warnings, publishable
from hub.message_maps.lint.engine import errors, lint, lint_message, lint_rendered
from hub.message_maps.lint.rule import Finding, Grade
from hub.message_maps.lint.score import Score, score

__all__ = [
    "Finding",
    "Grade",
    "Score",
    "errors",
    "lint",
    "lint_message",
    "lint_rendered",
    "open_warnings",
    "publishable",
    "score",
]
