"""Checks that the settings of several kinds of channel share."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import marshmallow as ma

from hub.kernel.addresses import is_private

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
_PAGE = re.compile(rf"{_ORIGIN.pattern}/[\w.~/-]*", re.ASCII)


def is_origin(address: str) -> None:
    """The address of a server, without a path, to which a secret may be sent.

    Raises:
        marshmallow.ValidationError: it is none.
    """
    if not _ORIGIN.fullmatch(address):
        msg = "expected the address of the server without a path, such as https://social.example"
        raise ma.ValidationError(msg)
    _keeps_secrets(address)


def is_page(address: str) -> None:
    """The address of one page of a server, without a query, to which a secret may be sent.

    Raises:
        marshmallow.ValidationError: it is none.
    """
    if not _PAGE.fullmatch(address):
        msg = "expected an address with its path and without a query, such as https://sms.example/cgi-bin/sendsms"
        raise ma.ValidationError(msg)
    _keeps_secrets(address)


def _keeps_secrets(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        msg = f"this is no address: {error}"
        raise ma.ValidationError(msg) from error
    if parts.scheme == "http" and not is_private(host):
        msg = "the secret would travel in clear: expected https:// (http only to a numeric private address)"
        raise ma.ValidationError(msg)
