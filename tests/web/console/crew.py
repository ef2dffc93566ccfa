"""More officers for a town, ready to log in."""

from __future__ import annotations

from flask import Flask

from hub.identity import service
from hub.kernel.clock import Clock
from tests.web.console.conftest import HUB, PASSWORD


def hire(town: Flask, clock: Clock, login: str, name: str, role: str = "officer") -> None:
    """An officer with the password of the tests, chosen already."""
    with town.app_context():
        first = service.create_officer(login, name, role, "fr", actor=HUB, now=clock.now()).reveal()
        token = service.log_in(login, first, now=clock.now())
        limits = town.extensions["hub"].settings.security
        person = service.session_officer(token, limits=limits, now=clock.now())
        assert person is not None
        service.change_password(person, first, PASSWORD, now=clock.now())
