"""Which addresses outgoing connections may reach."""

from __future__ import annotations

import pytest

from hub.kernel.addresses import Networks, is_private

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:100.64.0.1",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:0a00:0001::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "5f00::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_open_on_its_two_ports_only(address: str) -> None:
    networks = Networks()
    assert [port for port in (22, 25, 80, 443, 6379, 8080) if networks.permits(address, port)] == [80, 443]
    assert not is_private(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_everything_else_is_closed(address: str) -> None:
    assert not Networks().permits(address, 443)
    assert not Networks(["198.51.99.0/24", "fd00::/8"]).permits(address, 443)


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("64:ff9b::a01:203", True),
        ("10.2.0.1", False),
        ("fd12::1", True),
        ("fd13::1", False),
    ],
)
def test_an_allowed_network_is_open_on_any_port(address: str, permitted: bool) -> None:
    networks = Networks(["10.1.0.0/16", "fd12::/16"])
    assert networks.permits(address, 8080) is permitted
    assert networks.allows(address) is permitted
