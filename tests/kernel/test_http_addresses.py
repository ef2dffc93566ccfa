"""Web addresses: taken apart, put in their normal form, judged for an operator."""

from __future__ import annotations

import pytest
import requests

from hub.kernel.http import GuardedClient
from hub.kernel.http.targets import PLAIN, target

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://sdis.example/hook/7?key=1&b=x_y", "sdis.example", 443, "/hook/7?key=1&b=x_y", "sdis.example"),
        ("https://SDIS.example:443", "sdis.example", 443, "/", "sdis.example"),
        ("https://sdis.example:8443/", "sdis.example", 8443, "/", "sdis.example:8443"),
        ("http://[::1]:80/a", "::1", 80, "/a", "[::1]"),
        ("https://préfecture.example/é", "xn--prfecture-c4a.example", 443, "/%C3%A9", "xn--prfecture-c4a.example"),
        ("https://sdis.example/a/../b", "sdis.example", 443, "/b", "sdis.example"),
        ("https://sdis.example/a/./b", "sdis.example", 443, "/a/b", "sdis.example"),
        ("https://sdis.example/a b?c=d e", "sdis.example", 443, "/a%20b?c=d%20e", "sdis.example"),
        ("https://sdis.example?a=b", "sdis.example", 443, "/?a=b", "sdis.example"),
    ],
)
def test_an_address_taken_apart(url: str, host: str, port: int, path: str, authority: str) -> None:
    found = target(url)
    assert (found.host, found.port, found.path, found.authority) == (host, port, path, authority)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/", "http://10.0.0.1:8080/x/y?z=1", "https://a-b.example:443/x.y/z~?a=b", "https://127.1/_"],
)
def test_the_short_way_to_take_an_address_apart_leads_to_the_same(url: str) -> None:
    assert PLAIN.fullmatch(url)
    through_requests = requests.Request("GET", url).prepare()
    assert (target(url).url, target(url).path) == (through_requests.url, through_requests.path_url)


@pytest.mark.parametrize(
    ("url", "networks", "refused"),
    [
        ("https://agency.example/hook", (), ""),
        ("https://agency.example:443/hook?a=b", (), ""),
        ("https://préfecture.example/hook", (), ""),
        ("https://93.184.216.34/hook", (), ""),
        ("http://agency.example/hook", (), "https://"),
        ("http://agency.example/hook", ("10.0.0.0/8",), "https://"),
        ("http://93.184.216.34/hook", ("10.0.0.0/8",), "https://"),
        ("https://agency.example:8443/hook", (), "port"),
        ("https://agency.example:8443/hook", ("10.0.0.0/8",), ""),
        ("https://10.0.0.5/hook", (), "public"),
        ("https://[::1]/hook", (), "public"),
        ("https://169.254.169.254/", ("10.0.0.0/8",), "public"),
        ("http://10.0.0.5:8080/hook", ("10.0.0.0/8",), ""),
        ("http://127.0.0.1:8080/hook", LOOPBACK, ""),
        ("https://user@agency.example/", (), "user name"),
        ("javascript:alert(1)", (), "usable"),
        ("not an address", (), "usable"),
    ],
)
def test_what_an_operator_is_told_about_an_address(url: str, networks: tuple[str, ...], refused: str) -> None:
    reason = GuardedClient(networks).refusal(url)
    assert refused in str(reason) if refused else reason is None
