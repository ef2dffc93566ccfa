"""Settings: three sources, one truth, every fault at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.kernel import settings as settings_module
from hub.kernel.settings import SettingsError, load


def test_the_defaults_are_whole_and_free_of_faults():
    settings = load({}, local=Path("does-not-exist.toml"))
    assert settings.site.languages == ("fr", "en")
    assert settings.database_url.startswith("sqlite:///")


def test_the_environment_wins_over_the_local_file_which_wins_over_the_defaults(tmp_path):
    local = tmp_path / "local.toml"
    local.write_text('[authority]\nname = "Mairie de Test"\ncommune = "Test"\n', encoding="utf-8")
    settings = load({"HUB_CONFIG": str(local), "HUB_AUTHORITY_COMMUNE": "Essai", "HUB_DELIVERY_THREADS": "7"})
    assert (settings.authority.name, settings.authority.commune) == ("Mairie de Test", "Essai")
    assert settings.delivery.threads == 7


WRONG = [
    ("HUB_DATABASE_URL", "mysql://somewhere/x", "[database] url: expected nothing, sqlite:///PATH"),
    ("HUB_REDIS_URL", "redis://localhost:6379/0", "[redis] url: needs PostgreSQL in [database] url"),
    ("HUB_REDIS_URL", "http://localhost", "[redis] url: expected nothing, redis://HOST:6379/0"),
    ("HUB_REDIS_URL", "redis://", "[redis] url: expected nothing"),
    ("HUB_REDIS_URL", "redis://h:port/0", "[redis] url: expected nothing"),
    ("HUB_REDIS_URL", "redis://h/first", "[redis] url: expected nothing"),
    ("HUB_REDIS_URL", "rediss://h/0?ssl_cert_reqs=none", "[redis] url: expected nothing"),
    ("HUB_REDIS_URL", "unix://", "[redis] url: expected nothing"),
    ("HUB_DELIVERY_THREADS", "many", "HUB_DELIVERY_THREADS: expected JSON such as 64"),
    ("HUB_DELIVERY_THREADS", "0", "[delivery] threads: expected a whole number from 1 to 128"),
    ("HUB_DELIVERY_BATCH", "true", "[delivery] batch: expected a whole number"),
    ("HUB_DELIVERY_LEASE_SECONDS", "10", "[delivery] lease_seconds: must be longer than deadline_seconds"),
    ("HUB_SITE_TIMEZONE", "Mars/Olympus", "[site] timezone: expected a time zone such as Europe/Paris"),
    ("HUB_SITE_LANGUAGES", '["fr", "xx"]', "[site] languages: expected a list out of fr, en"),
    ("HUB_SITE_LANGUAGES", "[]", "[site] languages: expected a list out of fr, en"),
    ("HUB_SITE_BASE_URL", "ftp://x", "[site] base_url: expected an address such as https://town.example"),
    ("HUB_SITE_BASE_URL", "https://user:pw@town.example", "[site] base_url: expected an address"),
    ("HUB_AUTHORITY_SENDER", "town hall", "[authority] sender: expected 3 to 100 characters without space"),
    ("HUB_AUTHORITY_PHONE", "0235000000", "[authority] phone: expected a number such as 02 35 00 00 00"),
    ("HUB_AUTHORITY_NAME", "Mairie\u202e", "[authority] name: expected a line of 1 to 34 characters"),
    ("HUB_AUTHORITY_URL", "https://elsewhere.example", "[authority] url: its host must be one of [maps] link_hosts"),
    ("HUB_TERRITORY_COMMUNES", '[{"insee": "1", "name": "X"}]', "[territory] communes: expected { insee ="),
    ("HUB_TERRITORY_COMMUNES", '[{"insee": 76901, "name": "X"}]', "[territory] communes: expected { insee ="),
    ("HUB_TERRITORY_COMMUNES", '[{"insee": "76901", "name": "X\\n"}]', "[territory] communes: expected { insee ="),
    ("HUB_TERRITORY_OUTLINE", "[[0, 1], [2, 3], [0, 1]]", "[territory] outline: expected a closed ring"),
    ("HUB_TERRITORY_OUTLINE", "[[0, 91], [2, 3], [4, 5], [0, 91]]", "[territory] outline: expected a closed ring"),
    ("HUB_HTTP_ALLOWED_NETWORKS", '["10.0.0.0/99"]', "[http] allowed_networks: expected a list of networks"),
    ("HUB_LOGGING_LEVEL", "LOUD", "[logging] level: expected one of DEBUG"),
    ("HUB_SECURITY_SECRET_KEY", "short-secret", "[security] secret_key: expected nothing, or at least 32 characters"),
    ("HUB_NO_SUCH_SETTING", "1", "HUB_NO_SUCH_SETTING: no setting has this name"),
    ("HUB_CONFIG", "/nowhere/local.toml", "HUB_CONFIG: the file /nowhere/local.toml does not exist"),
]


@pytest.mark.parametrize(("variable", "value", "expected"), WRONG)
def test_a_wrong_setting_is_named_with_what_would_be_right(variable, value, expected):
    with pytest.raises(SettingsError) as caught:
        load({variable: value})
    assert any(fault.startswith(expected) for fault in caught.value.faults), caught.value.faults


@pytest.mark.parametrize(
    "url", ["redis://h", "redis://h:6379/0", "rediss://u:p@h/1", "unix:///r.sock", "unix:///r?db=2"]
)
def test_a_fleet_has_redis_and_postgresql(url):
    settings = load({"HUB_REDIS_URL": url, "HUB_DATABASE_URL": "postgresql+psycopg://hub@db/hub"})
    assert settings.redis.url == url
    assert url not in repr(settings)


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/x", "postgresql+psycopg://u@h:hunter2/x"])
def test_all_faults_are_listed_at_once_and_secrets_stay_out_of_them(url):
    with pytest.raises(SettingsError) as caught:
        load(
            {
                "HUB_SECURITY_SECRET_KEY": "hunter2",
                "HUB_DATABASE_URL": url,
                "HUB_REDIS_URL": "redis://u:hunter2@h/x",
                "HUB_LOGGING_LEVEL": "x",
            }
        )
    assert len(caught.value.faults) == 4
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[authority]\nnmae = 1\n", "[authority] has no key nmae; its keys are name, commune"),
        ("[autority]\nname = 1\n", "there is no section [autority]"),
        ("[authority\n", "local.toml"),
    ],
)
def test_a_misspelt_local_file_is_refused(tmp_path, text, expected):
    local = tmp_path / "local.toml"
    local.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load({}, local=local)
    assert any(expected in fault for fault in caught.value.faults)


def test_a_password_in_the_database_address_is_not_shown():
    settings = load({"HUB_DATABASE_URL": "postgresql+psycopg://hub:hunter2@db/hub"})
    assert "hunter2" not in repr(settings)


def test_every_environment_name_can_be_set():
    settings = load({}, local=Path("does-not-exist.toml"))
    for variable, (section, key) in settings_module.environment_names().items():
        value = getattr(getattr(settings, section), key)
        if isinstance(value, bool | int | float):
            load({variable: json.dumps(value)}, local=Path("does-not-exist.toml"))
