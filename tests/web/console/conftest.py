"""A town's hub with its maps, its channels and two officers, and a browser without scripts to use it."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from itertools import chain

import pytest
from werkzeug.serving import make_server

from hub.identity import service
from hub.identity.actor import Actor
from tests.web.furnished import CHANNELS, furnish

PASSWORD = "une phrase facile à retenir"
HUB = Actor("hub", "hub", "hub")

COMPOSE = "/console/compose/nat.flood.river/act.first"
# 17:40 in Paris is the time of the tests' clock.
FILLED = {
    "blanks.riviere.fr": "la Lise",
    "blanks.riviere.en": "the Lise",
    "blanks.zones": "Bas-Bourg, rue du Port",
    "blanks.heure_fin": "23:00",
    "blanks.prochain": "18:30",
    "communes": "76901",
    "channels": ["flux-cap", "essai"],
}


@dataclass
class Browser:
    """A browser without scripts: keeps cookies and sends each form's protection token."""

    client: object
    token: str = ""
    page: str = ""
    answers: list = field(default_factory=list)

    def get(self, address, **options):
        return self._seen(self.client.get(address, **options))

    def post(self, address, fields=None, **options):
        fields = {"csrf_token": self.token, **(fields or {})}
        return self._seen(self.client.post(address, data=fields, **options))

    def log_in(self, login="anne", password=PASSWORD, **fields):
        self.get("/console/login")
        return self.post("/console/login", {"login": login, "password": password, **fields})

    def hidden(self, name):
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return unescape(found[1]) if found else None

    def faults(self):
        """Field id -> what the summary at the top of the page says about it."""
        summary = self.page.partition('class="errors"')[2].partition("</section>")[0]
        return {field: unescape(text) for field, text in re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)}

    def confirm(self, mode="exercise", **fields):
        """From the filled form to the confirmation."""
        self.get(f"{COMPOSE}/{mode}")
        return self.post(f"{COMPOSE}/{mode}", {**FILLED, **fields})

    def send(self, mode="exercise", **fields):
        """From the filled form to the alert's page; its identifier."""
        self.confirm(mode, **fields)
        word = re.search(r'class="word">(\w+)<', self.page)[1]
        answer = self.post("/console/confirm", {"token": self.hidden("token"), "word": word})
        assert answer.status_code == 303, self.page
        identifier = answer.location.rpartition("/")[2]
        self.get(answer.location)
        return identifier

    def _seen(self, answer):
        self.answers.append(answer)
        self.page = answer.text.replace("&#39;", "'") if answer.mimetype == "text/html" else ""
        self.token = self.hidden("csrf_token") or self.token
        return answer


@pytest.fixture
def overrides(tmp_path):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    return {"channels": {"file": str(file)}, "security": {"login_attempts_per_account": 5}}


@pytest.fixture
def town_and_cookies(app, clock, stages):
    """The application with its maps published and two officers; what Anne's browser keeps since she logged in."""
    hub = app.extensions["hub"]

    def build():
        furnish(app, clock)
        for login, name, role in (("anne", "Anne Martin", "officer"), ("vera", "Vera Petit", "viewer")):
            first = service.create_officer(login, name, role, "fr", actor=HUB, now=clock.now()).reveal()
            token = service.log_in(login, first, now=clock.now())
            person = service.session_officer(token, limits=hub.settings.security, now=clock.now())
            service.change_password(person, first, PASSWORD, now=clock.now())
        answer = Browser(app.test_client()).log_in()
        assert answer.status_code == 303
        return answer.headers.getlist("Set-Cookie")

    return app, stages.enter(app, "console", build)


@pytest.fixture
def town(town_and_cookies):
    """The application with its maps published and two officers: anne (officer) and vera (viewer)."""
    return town_and_cookies[0]


@pytest.fixture
def stranger(town):
    """A browser that nobody has logged in with."""
    return Browser(town.test_client())


@pytest.fixture
def anne(town_and_cookies):
    """An officer, logged in."""
    town, cookies = town_and_cookies
    browser = Browser(town.test_client())
    for cookie in chain.from_iterable(SimpleCookie(each).values() for each in cookies):
        browser.client.set_cookie(cookie.key, cookie.value, path=cookie["path"])
    browser.get("/console/")
    return browser


@pytest.fixture
def address(town):
    """Where a browser of its own reaches the town."""
    server = make_server("127.0.0.1", 0, town, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
