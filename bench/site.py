"""The public site: its files on nginx beside a plain file, through gunicorn beside nginx, building after one change.

The site is that of a town with 200 answered rumours, built whole by the hub. Its files are served by nginx with the
project's own example configuration, while no hub runs, and by the hub as `config/gunicorn.conf.py` starts it. For the
build after one change the register has 10,000 entries: the further 9,800 are noted as built without rendering them, as
a change does not read the files of others, and building them takes many minutes. A whole build of 10,000 is reckoned:
the time of the empty site, and 50 times what 200 entries take longer. That their lists grow is left out, so the limit
is a little stricter than it says.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import requests
from flask import Flask

from bench.file_server import FileServer, Pressure, check_programs, press, running_nginx
from bench.site_entries import change_one, fill
from bench.steady_load import steady
from bench.table import Line, percentile
from hub.app import create_app
from hub.kernel import settings
from hub.kernel.db import db
from hub.web.site import site_of
from hub.web.site.making import stamped
from hub.web.site.manifest import Known, Manifest
from hub.web.site.place import PACKED
from hub.web.site.wiring import Site
from tests.e2e.hub_process import hub_environment, run_flask, serving

BUILT, MANY = 200, 10_000
LOADED = 50
CHANGES = 3
MOST_OF_A_WHOLE_BUILD = 1 / 50
MOST_BUILD_SECONDS = 10.0

ROUNDS, SECONDS = 5, 2
MOST_BESIDE_PLAIN = 1.05
# At least 0.08 of what nginx answers: a request takes at most so many times as long.
MOST_THROUGH_THE_APP = 1 / 0.08
ENTRY = "/rumeurs/b7"
LIKE_A_BROWSER = ("Accept-Encoding: gzip", "Accept-Language: fr-FR,fr;q=0.9,en;q=0.5")
PATIENCE = 60.0

PER_SECOND, SHORT, LONG = 500, 10, 60
SHARE = 0.99
OPEN_DATA = ("/rumeurs/donnees.csv", "/rumeurs/donnees.json")


@dataclass(frozen=True, slots=True)
class Town:
    """A hub whose site lies in files, and what its processes see."""

    app: Flask
    site: Site
    environment: Mapping[str, str]
    empty: float
    whole: float
    directory: Path


def measure() -> Iterator[Line]:
    """Everything, with a short load."""
    check_programs()
    with running_town(BUILT) as town:
        with running_nginx(town.site.place.site, town.directory / "nginx") as server:
            yield from beside_a_plain_file(server, town, "/")
            yield from beside_a_plain_file(server, town, ENTRY)
            yield from loaded(server, SHORT)
            yield from through_the_app(server, town)
        yield from after_one_change(town)


def measure_load() -> Iterator[Line]:
    """A minute of requests while nothing of the hub runs."""
    check_programs()
    with running_town(LOADED) as town, running_nginx(town.site.place.site, town.directory / "nginx") as server:
        yield from loaded(server, LONG)


@contextmanager
def running_town(entries: int) -> Iterator[Town]:
    """A new hub with so many answered rumours, its site built whole; no process of it runs."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        environment = hub_environment(directory / "var")
        run_flask(environment, "init")
        app = create_app(settings.load(environment))
        site = site_of(app)
        empty = build(site)
        with app.app_context():
            fill(range(entries))
            db.session.remove()
        try:
            yield Town(app, site, environment, empty, build(site), directory)
        finally:
            with app.app_context():
                db.engine.dispose()


def build(site: Site) -> float:
    """Builds what is due; the seconds that it took."""
    start = time.perf_counter()
    outcome = site.builder().build()
    seconds = time.perf_counter() - start
    assert outcome.built, outcome
    assert not outcome.failed, outcome
    return seconds


def beside_a_plain_file(server: FileServer, town: Town, address: str) -> Iterator[Line]:
    """The file with everything that the example adds, and the same bytes as a file of no meaning."""
    packed = town.site.place.site / f"fr{address.rstrip('/')}/index.html{PACKED}"
    (server.directory / "page").write_bytes(packed.read_bytes())
    pairs = [
        (pressed(f"{server.site}{address}"), pressed(f"{server.plain}/page"))
        for _ in range(ROUNDS)
    ]  # fmt: skip
    yield _line(f"site: {address} on nginx beside a plain file, us a request", pairs, MOST_BESIDE_PLAIN)
    p99s = zip(*((ours.p99, floor.p99) for ours, floor in pairs), strict=True)
    yield Line.of_rounds(f"site: {address} on nginx beside a plain file, p99 (ms)", *p99s, MOST_BESIDE_PLAIN)


def through_the_app(server: FileServer, town: Town) -> Iterator[Line]:
    """The same bytes from gunicorn, dispatcher and keeper inside; first whole, then not modified."""
    with serving(town.environment, town.directory / "hub.log") as hub:
        tag = _same_tag(server.site + ENTRY, hub.url + ENTRY)
        for what, condition in (("200", ()), ("304", (f"If-None-Match: {tag}",))):
            pairs = [
                (pressed(hub.url + ENTRY, *condition), pressed(server.site + ENTRY, *condition))
                for _ in range(ROUNDS)
            ]  # fmt: skip
            yield _line(f"site: {what} through the app beside nginx, us a request", pairs, MOST_THROUGH_THE_APP)


def loaded(server: FileServer, seconds: int) -> Iterator[Line]:
    """Pages, feeds and open data in turn, 500 a second."""
    addresses = ["/", "/fr/rumeurs", "/en/rumeurs", "/rumeurs/fil.atom", "/sitemap.xml", *OPEN_DATA]
    addresses += [f"/{language}/rumeurs/b{number}" for number in range(LOADED) for language in ("fr", "en")]
    seen = steady(int(server.site.rpartition(":")[2]), addresses, PER_SECOND, seconds)
    assert len(seen.milliseconds) + len(seen.errors) >= PER_SECOND * seconds
    for error in sorted(set(seen.errors)):
        print(f"  {error}")
    name = f"site: {PER_SECOND} a second for {seconds} s, no hub and no database"
    yield Line(f"{name}, errors + 1", len(seen.errors) + 1, 1, 1.0)
    yield Line(f"{name}, p99 (ms)", percentile(seen.milliseconds, SHARE), 1, None)


def after_one_change(town: Town) -> Iterator[Line]:
    """What the keeper does after a rumour has got a second answer."""
    with town.app.app_context():
        fill(range(BUILT, MANY))
        db.session.remove()
    note_as_built(town.site)
    spent, seen, worked = [], [], []
    for number in range(CHANGES):
        with town.app.app_context():
            change_one(number)
            db.session.remove()
        begin, busy = time.time(), time.process_time()
        spent.append(build(town.site))
        worked.append(time.process_time() - busy)
        page = town.site.place.site / f"fr/rumeurs/b{number}/index.html"
        seen.append(page.stat().st_ctime - begin)
    whole = town.empty + (town.whole - town.empty) * MANY / BUILT
    name = "site: build after one change among 10,000"
    yield Line(f"{name}, s, beside a whole one (reckoned)", median(spent), whole, MOST_OF_A_WHOLE_BUILD)
    yield Line(f"{name}, s (longest), of the limit", max(spent), MOST_BUILD_SECONDS, 1.0)
    yield Line(f"{name}, s of a processor (longest)", max(worked), MOST_BUILD_SECONDS, None)
    yield Line(f"{name}, s until its own page is seen (longest)", max(seen), MOST_BUILD_SECONDS, 1.0)


def note_as_built(site: Site) -> None:
    """Has the builder believe that the pages of all entries are built; whatever lists them is built."""
    builder, manifest = site.builder(), Manifest(site.place)
    now = int(datetime.now(UTC).timestamp())
    entries = [
        group
        for group in builder._listing(lambda name, _: name.startswith("rumeurs-"))  # noqa: SLF001 - a bench may do it
        if group.pages is not None
    ]
    for group in entries:
        files = manifest.files(group.name)
        for page in group.pages or ():
            stamp = stamped(builder._version, page.stamp)  # noqa: SLF001 - the same
            for path in builder._paths(page):  # noqa: SLF001 - the same
                before = files.get(path)
                files[path] = Known(stamp, before.time if before else now, before.digest if before else "", {})
        manifest.note(group.name, "")
    manifest.swept = True
    manifest.write()
    build(site)


def pressed(url: str, *headers: str) -> Pressure:
    """One round; an answer that is none ends the run, as its speed would mean nothing."""
    seen = press(url, SECONDS, *LIKE_A_BROWSER, *headers)
    assert seen.errors == 0, f"{url}: {seen}"
    return seen


def _line(name: str, pairs: list[tuple[Pressure, Pressure]], most: float) -> Line:
    ours, floor = zip(*((mine.microseconds, bare.microseconds) for mine, bare in pairs), strict=True)
    return Line.of_rounds(name, ours, floor, most)


def _same_tag(*urls: str) -> str:
    """The tag that both servers give; waits until the hub answers from its files."""
    until = time.monotonic() + PATIENCE
    tags: set[str] = set()
    while time.monotonic() < until:
        tags = {requests.get(url, headers={"Accept-Language": "fr"}, timeout=PATIENCE).headers["ETag"] for url in urls}
        if len(tags) == 1:
            return tags.pop()
        time.sleep(0.2)
    raise AssertionError(tags)
