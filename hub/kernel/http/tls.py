"""The one TLS context of this process for everything that goes out."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import lru_cache

from requests.utils import DEFAULT_CA_BUNDLE_PATH


class _SharedContext(ssl.SSLContext):
    """A TLS context that many threads may use: urllib3 sets the protocols anew for each connection, which is a race."""

    _protocols_set = False

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        if not self._protocols_set:
            super().set_alpn_protocols(alpn_protocols)
            self._protocols_set = True


@lru_cache(maxsize=8)
def tls_context(extra_ca_file: str | None = None) -> ssl.SSLContext:
    """The context of this process for outgoing TLS: certificates and names verified, TLS 1.2 at least.

    Args:
        extra_ca_file: a PEM file with one more authority, for servers under a private one.
    """
    context = _SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if extra_ca_file is not None:
        context.load_verify_locations(extra_ca_file)
    return context
