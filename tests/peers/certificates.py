"""Certificates of a throw-away authority, for TLS peers on loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """``ca_file`` is what a client must trust; the contexts are for servers."""

    ca_file: str
    good: ssl.SSLContext
    other_name: ssl.SSLContext
    expired: ssl.SSLContext


def make_certificates(directory: Path) -> Certificates:
    authority = trustme.CA()
    ca_file = directory / "authority.pem"
    authority.cert_pem.write_to_path(ca_file)

    def context(*names: str, not_after: datetime | None = None) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, not_after=not_after).configure_cert(made)
        return made

    return Certificates(
        ca_file=str(ca_file),
        good=context("127.0.0.1", "localhost"),
        other_name=context("other.example"),
        expired=context("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    )
