"""Puts the site of files together with the application: its keeper, its builder, its middleware, its map."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask

from hub.channels.site_requests import SiteRequests
from hub.kernel.db import reading
from hub.web import assets, public
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
BOOT = Path("/proc/sys/kernel/random/boot_id")


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

    def pages() -> list[Page]:
        with app.app_context():
            return listing.pages(reading(), hub.clock.now())

    def asking(page: Page, language: str) -> Answer:
        return ask(inner, base_url, page.address, language, page.changed)

    return Builder(place, pages, asking, hub.settings.site.languages, _version(app))


def _version(app: Flask) -> str:
    """Changes with the program, its texts and the settings that pages show."""
    settings = app.extensions[EXTENSION].settings
    shown = (settings.authority, settings.site, settings.maps.link_hosts, settings.legal)
    digests = sorted((name, each.digest) for name, each in app.extensions[assets.EXTENSION].items())
    return hashlib.sha256(f"{shown!r} {digests!r} {_sources()} {_boot()}".encode()).hexdigest()


@cache
def _boot() -> str:
    """Another one after a power cut, when files that were renamed may not have reached the disk; Linux only."""
    try:
        return BOOT.read_text(encoding="ascii")
    except OSError:
        return ""


@cache
def _sources() -> str:
    root = Path(public.__file__).parents[2]
    files = [*(root / "web" / "public").rglob("*"), *(root / "web" / "site").rglob("*.py")]
    files += list(root.joinpath("translations").rglob("*.mo"))
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file() and path.suffix in {".py", ".html", ".css", ".xml", ".mo", ".txt"}:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
