"""Puts the site of files together with the application: its keeper, its builder, its middleware, its map."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask

import hub as hub_package
from hub.channels.site_requests import SiteRequests
from hub.kernel.db import reading
from hub.web import assets
from hub.web.pages import Page
from hub.web.parts import EXTENSION, Parts
from hub.web.site import listing
from hub.web.site.asking import Answer, ask
from hub.web.site.builder import Builder
from hub.web.site.keeper import Keeper
from hub.web.site.place import Place
from hub.web.site.prefix import LanguagePrefix
from hub.web.site.serving import BuiltSite

SITE_EXTENSION = "hub_site"
SOURCES = frozenset({".py", ".html", ".css", ".xml", ".mo", ".txt", ".svg"})


@dataclass(frozen=True, slots=True)
class Site:
    """The site of files of one application: where it lies, who keeps it, how it is built."""

    place: Place
    keeper: Keeper
    app: Flask

    def builder(self) -> Builder:
        """A builder for the present pages."""
        return _builder(self.app, self.place)


def init_app(app: Flask) -> None:
    """Puts the middleware in front of the application. To be called last: it goes around all others."""
    hub: Parts = app.extensions[EXTENSION]
    place, languages = Place(hub.settings.data.directory), hub.settings.site.languages
    requests = SiteRequests(hub.settings.data.directory)
    inner = app.wsgi_app
    app.extensions["hub_site_inner"] = inner

    def pulse() -> str:
        with app.app_context():
            return listing.pulse(reading(), hub.clock.now())

    keeper = Keeper(place, lambda: _builder(app, place), requests, pulse, languages)
    app.extensions[SITE_EXTENSION] = Site(place, keeper, app)

    app.wsgi_app = BuiltSite(  # type: ignore[method-assign]
        LanguagePrefix(inner, languages), place, languages, keeper.is_behind, requests.builder_lives
    )


def site_of(app: Flask) -> Site:
    """The site of an application; ``current_app`` will do."""
    return cast("Site", app.extensions[SITE_EXTENSION])


def _builder(app: Flask, place: Place) -> Builder:
    hub: Parts = app.extensions[EXTENSION]
    inner, base_url = app.extensions["hub_site_inner"], hub.settings.site.base_url

    def listed(wanted: Callable[[str, str], bool]) -> list[listing.Listed]:
        with app.app_context():
            return listing.listed(reading(), hub.clock.now(), wanted)

    def asking(page: Page, language: str, piece: str = "", /) -> Answer:
        return ask(inner, base_url, page.address, language, page.changed, piece)

    return Builder(place, listed, asking, hub.settings.site.languages, _version(app))


def _version(app: Flask) -> str:
    """Changes with the program, its texts and the settings that pages show."""
    settings = app.extensions[EXTENSION].settings
    shown = (settings.authority, settings.site, settings.territory, settings.maps.link_hosts, settings.legal)
    digests = sorted((name, each.digest) for name, each in app.extensions[assets.EXTENSION].items())
    return hashlib.sha256(f"{shown!r} {digests!r} {_sources()}".encode()).hexdigest()


@cache
def _sources() -> str:
    """Of the whole program: a page shows words of the alerts, of the rumours and of the kernel too."""
    root = Path(hub_package.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in SOURCES and path.is_file():
            digest.update(f"{path.relative_to(root)} ".encode() + path.read_bytes())
    return digest.hexdigest()
