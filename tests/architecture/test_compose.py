"""compose.yaml against the things that it names: no Docker is needed to see that one of them does not exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from hub.cli import hub
from hub.kernel.settings import ROOT, environment_names, load

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "tocsin"}


def test_a_web_server_and_two_workers():
    assert set(SERVICES) == {"web", "site", "worker", "postgres", "redis"}
    assert set(OURS) == {"web", "worker"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_accepted_together(name):
    environment = {key: filled(value) for key, value in settings(name).items()}
    assert set(environment) <= set(environment_names())
    assert load(environment).delivery.embedded is False


def filled(value: str) -> str:
    """The value after Compose has put in the default, or a password."""
    return re.sub(r"\$\{[A-Z_]+:[-?](.*?)\}", lambda found: found[1] or "secret", value)


def settings(name: str) -> dict[str, str]:
    return dict(OURS[name]["environment"])


def test_commands_services_and_volumes_exist():
    assert SERVICES["worker"]["command"][:2] == ["flask", "hub"]
    assert SERVICES["worker"]["command"][2] in hub.commands
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[needed]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()
    for name in OURS:
        for key in ("HUB_DATABASE_URL", "HUB_REDIS_URL"):
            assert any(f"@{host}/" in settings(name)[key] or f"//{host}:" in settings(name)[key] for host in SERVICES)
