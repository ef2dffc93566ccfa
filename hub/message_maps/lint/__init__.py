"""The linter: what a message map must hold to be used.

`lint` and `lint_rendered` are called from outside; a rule lives in the module of its family.
"""

from hub.message_maps.lint.engine import errors, lint, lint_rendered
from hub.message_maps.lint.rule import Finding, Grade

__all__ = ["Finding", "Grade", "errors", "lint", "lint_rendered"]
