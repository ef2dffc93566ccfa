"""Settings: ``config/default.toml``, then ``config/local.toml``, then the environment; every fault at once.

Each section of the file is one frozen dataclass; each key is one field. The environment variable of a key is
``HUB_<SECTION>_<KEY>``. Unknown sections and keys are faults too: a misspelt setting must not be ignored in silence.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from hub.kernel import settings_checks as check
from hub.kernel.secret import Secret

ROOT = Path(__file__).resolve().parents[2]

# The shipped maps leave this much room for what is filled in from the settings: SMS and X posts are that tight.
LONGEST_NAME = 34
LONGEST_COMMUNE = 24
LONGEST_URL = 32
LONGEST_LEGAL = 200


class SettingsError(Exception):
    """The settings cannot be used. ``faults`` names every key that is wrong, and what would be right."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("the settings have faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Commune:
    """A French commune: INSEE code (five characters) and name."""

    insee: str
    name: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Who speaks: the names, addresses and numbers that are filled into every message."""

    name: str = field(metadata=check.line(LONGEST_NAME))
    commune: str = field(metadata=check.line(LONGEST_COMMUNE))
    sender: str = field(metadata=check.cap_name())
    url: str = field(metadata=check.url(LONGEST_URL))
    phone: str = field(metadata=check.french_phone())
    press: str = field(default="", metadata=check.line(120))


@dataclass(frozen=True, slots=True)
class Territory:
    """Where this authority may alert."""

    communes: tuple[Commune, ...] = field(metadata=check.communes(Commune))
    outline: tuple[tuple[float, float], ...] = field(metadata=check.ring())


@dataclass(frozen=True, slots=True)
class Site:
    """Address, time zone and languages of the hub."""

    base_url: str = field(metadata=check.url())
    timezone: str = field(metadata=check.timezone())
    languages: tuple[str, ...] = field(metadata=check.languages())


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where files are kept."""

    directory: Path = field(metadata=check.path())


@dataclass(frozen=True, slots=True)
class Database:
    """The database's address; empty means SQLite in the data directory."""

    url: str = field(metadata=check.database_url(), repr=False)


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """The doorbell of a fleet of workers; empty: dispatchers find work by polling alone."""

    url: str = field(metadata=check.redis_url(), repr=False)


@dataclass(frozen=True, slots=True)
class Security:
    """Keys, sessions and throttles."""

    secret_key: Secret = field(metadata=check.secret(32))
    session_idle_minutes: int = field(metadata=check.integer(5, 720))
    session_absolute_hours: int = field(metadata=check.integer(1, 24))
    login_attempts_per_address: int = field(metadata=check.integer(1, 1000))
    login_attempts_per_account: int = field(metadata=check.integer(1, 1000))
    second_factor: str = field(metadata=check.one_of("offered", "required"))
    partner_requests_per_second: int = field(metadata=check.integer(1, 1000))
    partner_triggers_per_minute: int = field(metadata=check.integer(1, 1000))
    trusted_proxies: int = field(metadata=check.integer(0, 5))


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How the outbox is emptied."""

    embedded: bool = field(metadata=check.boolean())
    threads: int = field(metadata=check.integer(1, 128))
    slow_threads: int = field(metadata=check.integer(1, 128))
    batch: int = field(metadata=check.integer(1, 2000))
    lease_seconds: float = field(metadata=check.number(1, 60))
    poll_seconds: float = field(metadata=check.number(0.05, 5))
    deadline_seconds: float = field(metadata=check.number(0.2, 60))
    first_try_seconds: float = field(metadata=check.number(0.1, 60))
    per_host: int = field(metadata=check.integer(1, 128))
    writer_pause_ms: int = field(metadata=check.integer(0, 1000))
    retry_first_seconds: float = field(metadata=check.number(0.05, 60))
    retry_longest_seconds: float = field(metadata=check.number(1, 3600))
    breaker_failures: int = field(metadata=check.integer(1, 1000))
    breaker_pause_seconds: float = field(metadata=check.number(0.05, 3600))


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Which private networks outgoing requests may reach."""

    allowed_networks: tuple[str, ...] = field(metadata=check.networks())


@dataclass(frozen=True, slots=True)
class MapsSettings:
    """Where the message maps lie and what they may link to."""

    directory: Path = field(metadata=check.path())
    link_hosts: tuple[str, ...] = field(metadata=check.hosts())


@dataclass(frozen=True, slots=True)
class ChannelsSettings:
    """Where the channels are listed."""

    file: Path = field(metadata=check.path())


@dataclass(frozen=True, slots=True)
class AlertsSettings:
    """Limits of time for alerts."""

    preview_minutes: int = field(metadata=check.integer(1, 60))
    longest_hours: int = field(metadata=check.integer(1, 24 * 14))


@dataclass(frozen=True, slots=True)
class RumoursSettings:
    """The rumour register: due times by band, how long a lock is kept, and what is taken in from the public."""

    due_critical_minutes: int = field(metadata=check.integer(1, 1440))
    due_high_minutes: int = field(metadata=check.integer(1, 1440))
    due_medium_minutes: int = field(metadata=check.integer(1, 10080))
    due_low_minutes: int = field(metadata=check.integer(1, 43200))
    lock_minutes: int = field(metadata=check.integer(1, 1440))
    contact_days: int = field(metadata=check.integer(1, 365))
    reports_per_hour: int = field(metadata=check.integer(1, 1000))
    form_seconds: int = field(metadata=check.integer(0, 60))
    blocked: tuple[str, ...] = field(metadata=check.words())


@dataclass(frozen=True, slots=True)
class SubscriptionsSettings:
    """Subscriptions by e-mail: how often one may ask, and after how many refusals nobody is written to any more."""

    requests_per_hour: int = field(metadata=check.integer(1, 1000))
    refusals: int = field(metadata=check.integer(1, 100))


@dataclass(frozen=True, slots=True)
class Legal:
    """What French law has a public site say about itself; what is empty is said to be missing."""

    publisher_address: str = field(metadata=check.optional_line(LONGEST_LEGAL))
    director: str = field(metadata=check.optional_line(LONGEST_LEGAL))
    host: str = field(metadata=check.optional_line(LONGEST_LEGAL))
    accessibility: str = field(metadata=check.one_of("none", "partial", "full"))
    accessibility_contact: str = field(metadata=check.optional_line(LONGEST_LEGAL))


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Who may read the metrics from another machine; without a token nobody may."""

    token: Secret = field(metadata=check.secret(32))


@dataclass(frozen=True, slots=True)
class LoggingSettings:
    """How much is logged."""

    level: str = field(metadata=check.one_of("DEBUG", "INFO", "WARNING", "ERROR"))


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked."""

    authority: Authority
    territory: Territory
    site: Site
    data: DataPlace
    database: Database
    redis: RedisPlace
    security: Security
    delivery: DeliverySettings
    http: HttpSettings
    maps: MapsSettings
    channels: ChannelsSettings
    alerts: AlertsSettings
    rumours: RumoursSettings
    subscriptions: SubscriptionsSettings
    legal: Legal
    metrics: MetricsSettings
    logging: LoggingSettings

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database.url or f"sqlite:///{self.data.directory / 'hub.sqlite'}"


def load(
    environ: Mapping[str, str],
    *,
    root: Path = ROOT,
    local: Path | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> Settings:
    """Reads and checks all settings.

    Args:
        environ: the process environment; ``HUB_CONFIG`` may name another local file.
        root: the project's directory; relative paths in the settings start there.
        local: the file with this installation's changes; ``config/local.toml`` when it exists.
        overrides: last word over everything, for the tests: section -> key -> value.

    Raises:
        SettingsError: with every fault found, not only the first.
    """
    faults: list[str] = []
    raw = _read_toml(root / "config" / "default.toml", faults)
    local = local or Path(environ.get("HUB_CONFIG") or root / "config" / "local.toml")
    if local.exists():
        _merge(raw, _read_toml(local, faults), str(local), faults)
    elif "HUB_CONFIG" in environ:
        faults.append(f"HUB_CONFIG: the file {local} does not exist")
    _merge_environment(raw, environ, faults)
    if overrides:
        _merge(raw, {name: dict(values) for name, values in overrides.items()}, "overrides", faults)
    sections = {
        name: _build_section(section, raw.get(name, {}), name, root, faults)
        for name, section in get_type_hints(Settings).items()
    }
    _check_together(sections, faults)
    if faults:
        raise SettingsError(faults)
    return Settings(**sections)


def environment_names() -> dict[str, tuple[str, str]]:
    """Every environment variable that is read, with its section and key."""
    return {
        f"HUB_{name}_{entry.name}".upper(): (name, entry.name)
        for name, section in get_type_hints(Settings).items()
        for entry in fields(section)
    }


def _read_toml(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path}: {error}")
        return {}


def _merge(raw: dict[str, Any], more: Mapping[str, Any], origin: str, faults: list[str]) -> None:
    for name, values in more.items():
        if not isinstance(values, dict) or name not in raw:
            faults.append(f"{origin}: there is no section [{name}]; the sections are {', '.join(raw)}")
            continue
        for key, value in values.items():
            if key not in raw[name]:
                faults.append(f"{origin}: [{name}] has no key {key}; its keys are {', '.join(raw[name])}")
            else:
                raw[name][key] = value


def _merge_environment(raw: dict[str, Any], environ: Mapping[str, str], faults: list[str]) -> None:
    known = environment_names()
    for variable, text in environ.items():
        if not variable.startswith("HUB_") or variable == "HUB_CONFIG" or variable.startswith("HUB_SECRET_"):
            continue
        if variable not in known:
            faults.append(f"{variable}: no setting has this name; see config/default.toml")
            continue
        section, key = known[variable]
        present = raw.get(section, {}).get(key)
        if isinstance(present, str):
            raw[section][key] = text
            continue
        try:
            raw[section][key] = json.loads(text)
        except ValueError:
            faults.append(f"{variable}: expected JSON such as {json.dumps(present)}, found {text!r}")


def _build_section(section: type, values: Any, name: str, root: Path, faults: list[str]) -> Any:
    found = {}
    for entry in fields(section):
        place = f"[{name}] {entry.name}"
        if entry.name not in values:
            faults.append(f"{place}: missing")
            continue
        try:
            found[entry.name] = entry.metadata["check"](values[entry.name], root)
        except ValueError as error:
            faults.append(f"{place}: {error}")
    return section(**found) if len(found) == len(fields(section)) else None


def _check_together(sections: Mapping[str, Any], faults: list[str]) -> None:
    authority, maps, delivery = sections["authority"], sections["maps"], sections["delivery"]
    if authority and maps and check.host_of(authority.url) not in maps.link_hosts:
        faults.append(f"[authority] url: its host must be one of [maps] link_hosts, which are {list(maps.link_hosts)}")
    database, redis = sections["database"], sections["redis"]
    if database and redis and redis.url and not database.url.startswith("postgresql"):
        faults.append("[redis] url: needs PostgreSQL in [database] url; workers on other hosts cannot share SQLite")
    if delivery and delivery.lease_seconds <= delivery.deadline_seconds:
        faults.append(
            "[delivery] lease_seconds: must be longer than deadline_seconds, or a slow attempt loses its claim"
        )
