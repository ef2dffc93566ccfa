"""Secrets that never show themselves, and where their values come from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import marshmallow as ma


class Secret:
    """A secret value. ``str``, ``repr`` and JSON show stars; only `reveal` gives it away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Call it where it is used, never to store or log it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


class SecretField(ma.fields.Field[Secret]):
    """A secret in a settings file: ``env:NAME`` or ``file:PATH``, so that the file itself can be shown to anyone.

    Raises:
        marshmallow.ValidationError: the value is written out in clear, or its source is missing or empty.
    """

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:  # noqa: ARG002 - its signature
        return "***"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Secret:  # noqa: ARG002 - the same
        if not isinstance(value, str) or not value.startswith(("env:", "file:")):
            msg = 'a secret is not written here: give "env:NAME" or "file:/path"'
            raise ma.ValidationError(msg)
        source, _, name = value.partition(":")
        if source == "env":
            secret = os.environ.get(name, "")
        else:
            try:
                secret = Path(name).read_text(encoding="utf-8").strip()
            except OSError as error:
                msg = f"the file {name} cannot be read: {error.strerror}"
                raise ma.ValidationError(msg) from error
        if not secret:
            msg = f"{value} is empty or not set"
            raise ma.ValidationError(msg)
        return Secret(secret)
