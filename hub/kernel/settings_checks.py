"""What one setting may be. Each function returns the metadata of a settings field: ``{"check": value -> checked}``.

A check raises `ValueError` with what would be right; `hub.kernel.settings` puts the section and the key in front.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from hub.kernel.secret import Secret

Check = dict[str, Callable[[Any, Path], Any]]

INSEE = re.compile(r"\d[0-9AB]\d{3}")
PHONE = re.compile(r"0\d( \d\d){4}")
LANGUAGES = ("fr", "en")
REDIS_OPTIONS = re.compile(r"db=\d{1,3}")
REDIS_DATABASE = re.compile(r"(/\d{0,3})?")

# WGS 84, in degrees; a linear ring has at least four positions (RFC 7946, section 3.1.6).
FARTHEST_LONGITUDE = 180
FARTHEST_LATITUDE = 90
SHORTEST_RING = 4


class WrongSettingError(ValueError):
    """A setting is not what it should be; the message says what would be right."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(f"expected {expected}, found {found!r}")


def _checked(test: Callable[[Any], Any], expected: str) -> Check:
    def check(value: Any, _root: Path) -> Any:
        if not test(value):
            raise WrongSettingError(expected, value)
        return value

    return {"check": check}


def line(longest: int) -> Check:
    """One line of text, 1 to ``longest`` characters, without control characters."""
    return _checked(
        lambda value: isinstance(value, str) and 0 < len(value.strip()) <= longest and value.isprintable(),
        f"a line of 1 to {longest} characters",
    )


def optional_line(longest: int) -> Check:
    """Nothing, or one line of text of at most ``longest`` characters, without control characters."""
    return _checked(
        lambda value: isinstance(value, str) and len(value) <= longest and value.isprintable(),
        f"nothing, or a line of at most {longest} characters",
    )


def cap_name() -> Check:
    """A CAP identifier: no spaces, commas, ``<`` or ``&`` (CAP 1.2, section 3.2.1)."""
    return _checked(
        lambda value: isinstance(value, str) and re.fullmatch(r"[^\s,<&]{3,100}", value),
        "3 to 100 characters without space, comma, < or &",
    )


def url(longest: int = 200) -> Check:
    """An absolute http or https address without credentials, query or fragment, of ``longest`` characters at most."""

    def test(value: Any) -> bool:
        if not isinstance(value, str) or not value.isprintable() or " " in value or len(value) > longest:
            return False
        parts = urlsplit(value)
        clean = not (parts.query or parts.fragment or parts.username)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and clean

    return _checked(test, f"an address such as https://town.example, of at most {longest} characters")


def host_of(address: str) -> str:
    """The host name of an address, lower case."""
    return urlsplit(address).hostname or ""


def french_phone() -> Check:
    """A French telephone number in groups of two digits."""
    return _checked(lambda value: isinstance(value, str) and PHONE.fullmatch(value), "a number such as 02 35 00 00 00")


def integer(lowest: int, highest: int) -> Check:
    """A whole number in a range, both ends included."""
    return _checked(
        lambda value: isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest,
        f"a whole number from {lowest} to {highest}",
    )


def number(lowest: float, highest: float) -> Check:
    """A number in a range, both ends included."""
    return _checked(
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and lowest <= value <= highest,
        f"a number from {lowest} to {highest}",
    )


def boolean() -> Check:
    """``true`` or ``false``."""
    return _checked(lambda value: isinstance(value, bool), "true or false")


def one_of(*choices: str) -> Check:
    """One of the words given."""
    return _checked(lambda value: value in choices, "one of " + ", ".join(choices))


def path() -> Check:
    """A path; a relative one starts at the project's directory."""

    def check(value: Any, root: Path) -> Path:
        if isinstance(value, Path):
            value = str(value)
        if not isinstance(value, str) or not value or "\0" in value:
            expected = "a path"
            raise WrongSettingError(expected, value)
        return root / value

    return {"check": check}


def secret(shortest: int) -> Check:
    """Empty, or a secret of at least ``shortest`` characters."""

    def check(value: Any, _root: Path) -> Secret:
        if not isinstance(value, str) or 0 < len(value) < shortest:
            expected = f"expected nothing, or at least {shortest} characters"
            raise ValueError(expected)  # the value itself must not appear in a log
        return Secret(value)

    return {"check": check}


def database_url() -> Check:
    """Empty, or a SQLAlchemy address of SQLite or of PostgreSQL by psycopg 3."""

    def test(value: Any) -> bool:
        if value == "":
            return True
        try:
            return sa.make_url(value).drivername in {"sqlite", "postgresql+psycopg"}
        except (sa.exc.ArgumentError, ValueError):  # the latter repeats what it takes for the port
            return False

    def check(value: Any, _root: Path) -> Any:
        if not test(value):
            expected = "expected nothing, sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
            raise ValueError(expected)  # it may hold a password
        return value

    return {"check": check}


def redis_url() -> Check:
    """Empty, or the address of a Redis: by TCP, by TLS (then always verified) or by a unix socket."""

    def test(value: Any) -> bool:
        if not isinstance(value, str) or not value.isprintable() or " " in value:
            return False
        try:
            parts = urlsplit(value)
            # Options of the client's own, in the query, could switch off the check of a certificate.
            plain = not parts.fragment and (not parts.query or REDIS_OPTIONS.fullmatch(parts.query))
            if parts.scheme == "unix":
                return bool(plain and parts.path.startswith("/"))
            tcp = parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False
        return bool(plain and tcp and REDIS_DATABASE.fullmatch(parts.path))

    def check(value: Any, _root: Path) -> Any:
        if value != "" and not test(value):
            expected = "expected nothing, redis://HOST:6379/0, rediss://USER:PASSWORD@HOST/0 or unix:///PATH"
            raise ValueError(expected)  # it may hold a password
        return value

    return {"check": check}


def timezone() -> Check:
    """A time zone of the IANA list."""

    def test(value: Any) -> bool:
        try:
            return bool(ZoneInfo(value).key)
        except (KeyError, OSError, ValueError, TypeError, AttributeError):
            return False

    return _checked(test, "a time zone such as Europe/Paris")


def languages() -> Check:
    """A list of the languages that the hub speaks, without repetition."""
    return _listed(lambda item: item in LANGUAGES, f"a list out of {', '.join(LANGUAGES)}", shortest=1)


def hosts() -> Check:
    """A list of host names, lower case."""
    pattern = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
    return _listed(lambda item: isinstance(item, str) and pattern.fullmatch(item), "a list of host names", shortest=1)


def words(shortest: int = 3, longest: int = 100) -> Check:
    """A list of words or addresses, none so short that it stands in every text."""
    return _listed(
        lambda item: isinstance(item, str) and shortest <= len(item.strip()) <= longest,
        f"a list of words of {shortest} to {longest} characters",
    )


def networks() -> Check:
    """A list of IP networks in CIDR form."""

    def test(item: Any) -> bool:
        try:
            return bool(ipaddress.ip_network(item))
        except ValueError:
            return False

    return _listed(test, 'a list of networks such as "10.0.0.0/8"')


def communes(commune: Callable[[str, str], Any]) -> Check:
    """A list of ``{insee, name}`` with distinct codes; ``commune`` makes one entry."""

    def check(value: Any, _root: Path) -> tuple[Any, ...]:
        if not isinstance(value, list) or not value:
            expected = "at least one commune"
            raise WrongSettingError(expected, value)
        for item in value:
            good = isinstance(item, dict) and set(item) == {"insee", "name"} and all(map(_is_line, item.values()))
            if not good or not INSEE.fullmatch(item["insee"]):
                expected = '{ insee = "76540", name = "Rouen" }'
                raise WrongSettingError(expected, item)
        if len({item["insee"] for item in value}) < len(value):
            expected = "each INSEE code once"
            raise WrongSettingError(expected, value)
        return tuple(commune(item["insee"], item["name"]) for item in value)

    return {"check": check}


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def ring() -> Check:
    """A closed ring of at least four [longitude, latitude] pairs."""

    def good(pair: Any) -> bool:
        match pair:
            case [int() | float() as longitude, int() | float() as latitude]:
                return abs(longitude) <= FARTHEST_LONGITUDE and abs(latitude) <= FARTHEST_LATITUDE
        return False

    def check(value: Any, _root: Path) -> tuple[tuple[float, float], ...]:
        closed = isinstance(value, list) and len(value) >= SHORTEST_RING and value[0] == value[-1]
        if not closed or not all(map(good, value)):
            expected = "a closed ring of [longitude, latitude] pairs"
            raise WrongSettingError(expected, value)
        return tuple((float(lon), float(lat)) for lon, lat in value)

    return {"check": check}


def _listed(test: Callable[[Any], Any], expected: str, *, shortest: int = 0) -> Check:
    def check(value: Any, _root: Path) -> tuple[Any, ...]:
        good = isinstance(value, Sequence) and not isinstance(value, str) and all(map(test, value))
        if not good or len(value) < shortest or len(set(value)) < len(value):
            raise WrongSettingError(expected, value)
        return tuple(value)

    return {"check": check}
