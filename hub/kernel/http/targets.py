"""Addresses of the web, taken apart once and put in their normal form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from hub.kernel.http.failures import AddressRefused
from hub.kernel.phrase import Phrase

LONGEST_URL = 2000
HIGHEST_PORT = 65535
DEFAULT_PORTS = {"http": 80, "https": 443}
# A host name as it goes on the wire: letters, digits, hyphens, dots, an underscore for old internal names, IPv6 digits.
HOST = re.compile(r"[A-Za-z0-9._:%-]{1,253}")
# An address that is in its normal form already: nothing to escape, to fold or to resolve. Nearly all are.
PLAIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9][a-z0-9.-]{0,252})(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?|/)(?P<query>\?[A-Za-z0-9._~=&-]+)?"
)


class Target(NamedTuple):
    """An address, taken apart once."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the ``Host`` header names them (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str) -> Target:
    """An address taken apart and put in its normal form (international names in ASCII).

    Raises:
        AddressRefused: it is not a usable http or https address.
    """
    plain = PLAIN.fullmatch(url)
    port = int(plain["port"] or DEFAULT_PORTS[plain["scheme"]]) if plain else 0
    if plain is None or port > HIGHEST_PORT or len(url) > LONGEST_URL:
        return _parsed(url)
    scheme, host = plain["scheme"], plain["host"]
    return Target(url, scheme, host, port, plain["path"] + (plain["query"] or ""))


@lru_cache(maxsize=1024)
def _parsed(url: str) -> Target:
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = urlsplit(prepared.url or "")
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except (requests.RequestException, ValueError) as error:
        raise AddressRefused(Phrase("this is not a usable address")) from error
    host = parts.hostname or ""
    if parts.scheme not in DEFAULT_PORTS or not port or not HOST.fullmatch(host) or len(url) > LONGEST_URL:
        raise AddressRefused(Phrase("this is not a usable http or https address"))
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused(Phrase("the address must not contain a user name, a password or a # part"))
    return Target(prepared.url or "", parts.scheme, host, port, prepared.path_url)
