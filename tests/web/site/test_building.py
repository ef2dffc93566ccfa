"""The files say what the application says, whichever way they came to be."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from hub.cli import hub as commands
from hub.web.pages import Page
from hub.web.site import site_of
from hub.web.site.asking import Answer, NotBuiltError
from hub.web.site.builder import Builder
from hub.web.site.checking import Checker
from hub.web.site.listing import Listed
from hub.web.site.place import Place
from tests.web.site.conftest import files, rebuilt, text

CORRECTION = {"erreur": "rue du Port", "juste": "rue du Pont"}


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_changes_the_site_is_the_one_that_a_full_build_makes(town, site, clock, tmp_path, seed):
    chance, sent = random.Random(seed), []
    for _ in range(7):
        what = chance.choice(("send", "drill", "follow", "wait", "deliver"))
        if what == "wait":
            clock.advance(chance.choice((30, 3600, 7 * 3600)))
        elif what == "deliver":
            town.deliver()
        elif what == "follow" and sent and not sent[-1].expired(clock.now()):
            sent[-1] = town.follow(sent[-1], "act.correction", **CORRECTION)
        else:
            clock.set(clock.now().replace(hour=16, minute=40) if clock.now().hour > 16 else clock.now())
            sent.append(town.send(exercise=what == "drill"))
        site.builder().build()
    assert files(site.place.site) == rebuilt(site, tmp_path)


def test_one_change_builds_what_shows_it_and_nothing_else(town, site):
    first = town.send()
    site.builder().build()
    town.clock.advance(60)
    before = files(site.place.site)
    town.send()
    outcome = site.builder().build()
    after = files(site.place.site)
    changed = {path for path in after if before.get(path) != after[path] and not path.endswith(".gz")}
    assert not any(first.identifier in path for path in changed)
    # The new page, home, archive and what lists genuine messages, in two languages and without; of the map of the site
    # the chapters that name the new page and the archive.
    assert len(changed) == 4 * 3 + 2
    assert (outcome.failed, outcome.removed) == ([], 0)
    assert site.builder().build().built == 0


def test_an_alert_that_runs_out_is_no_longer_current_on_any_page(town, site, clock):
    sent = town.send()
    site.builder().build()
    home, page = site.place.site / "en/index.html", site.place.site / f"en/alertes/{sent.identifier}/index.html"
    assert sent.headline["en"] in text(home)
    clock.set(sent.expires)
    site.builder().build()
    assert sent.headline["en"] not in text(home)
    assert "This alert is over: its time has run out" in text(page)


def test_home_names_the_minute_of_its_build_and_other_pages_the_time_of_their_change(town, site, clock):
    sent = town.send()
    clock.advance(600)
    site.builder().build()
    assert "Last update of this site: Saturday 21 November 2026 at 17:50" in text(site.place.site / "en/index.html")
    alert = text(site.place.site / f"fr/alertes/{sent.identifier}/index.html")
    assert "Page mise à jour : samedi 21 novembre 2026 à 17h40" in alert


def test_every_file_has_its_compressed_copy_and_the_time_of_it(town, site):
    town.send()
    town.deliver()
    site.builder().build()
    found = files(site.place.site)
    plain = [path for path in found if not path.endswith(".gz")]
    assert any(path.startswith("cap/") for path in plain)
    for path in plain:
        assert gzip.decompress(found[f"{path}.gz"]) == found[path]
        times = {(site.place.site / each).stat().st_mtime for each in (path, f"{path}.gz")}
        assert len(times) == 1


def test_a_file_that_changes_is_later_than_it_was_whatever_the_clock_says(town, site, clock):
    home = site.place.site / "fr/index.html"
    before = home.stat().st_mtime
    clock.advance(-7200)
    site.builder().build()
    assert home.stat().st_mtime > before


def test_a_page_that_is_no_more_goes_with_its_copies(town, site):
    ours = site.builder()

    def listing(_):
        every = ours._listing(lambda *_: True)
        return [replace(each, pages=[page for page in each.pages if page.address != "/archives"]) for each in every]

    assert Builder(site.place, listing, ours._asking, ("fr", "en"), ours._version).build().removed == 2
    assert not [path for path in files(site.place.site) if "archives" in path and "rumeurs" not in path]


def test_a_page_that_fails_stays_as_it_was_and_the_others_are_built(town, site):
    ours = site.builder()

    def asking(page, language, *piece):
        if page.address == "/accessibilite":
            raise NotBuiltError(page.address)
        return ours._asking(page, language, *piece)

    before = files(site.place.site)
    outcome = Builder(site.place, ours._listing, asking, ("fr", "en"), "next").build()
    assert outcome.failed == ["/accessibilite"]
    assert outcome.built > 5
    assert files(site.place.site)["fr/accessibilite/index.html"] == before["fr/accessibilite/index.html"]


def _building(place_directory, gate) -> None:
    """A process that builds a page of two halves again and again, each time with another number."""
    number = 0
    gate.set()
    while True:
        number += 1
        body = (f"{number:09d}" * 30_000).encode()
        pages = [Page(f"/p{each}", str(number), spoken=False) for each in range(4)]
        built_of(Place(place_directory), pages, body)


def built_of(place, pages, body) -> None:
    listing = [Listed("all", " ".join(page.stamp for page in pages), pages)]
    Builder(place, lambda _: listing, lambda *_: Answer(body, {}, None), ("fr",), "v").build()


def _whole(content: bytes) -> bool:
    return len(content) == 270_000 and content == content[:9] * 30_000


def test_kill_9_leaves_each_page_old_or_new_and_the_next_build_goes_on(tmp_path):
    for pause in (0.05, 0.11, 0.17):
        gate = multiprocessing.Event()
        process = multiprocessing.get_context("fork").Process(target=_building, args=(tmp_path, gate), daemon=True)
        process.start()
        assert gate.wait(10)
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)
        for path, content in files(tmp_path / "public/site").items():
            assert _whole(gzip.decompress(content) if path.endswith(".gz") else content), path
    place = Place(tmp_path)
    built_of(place, [Page("/p0", "x", spoken=False)], b"end")
    assert files(place.site) == {"p0/index.html": b"end", "p0/index.html.gz": gzip.compress(b"end", mtime=0)}
    assert list(place.staged.iterdir()) == []


def test_two_builders_at_once_build_each_page_once(town, site, tmp_path):
    town.send()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _: site.builder().build(), range(2)))
    assert min(each.built for each in outcomes) == 0
    assert files(site.place.site) == rebuilt(site, tmp_path)


def test_a_built_site_passes_its_own_check_and_every_flaw_is_told(town, site):
    for _ in range(3):
        town.send()
        town.clock.advance(60)
    town.deliver()
    site.builder().build()
    checker = Checker(
        site.place,
        ("fr", "en"),
        "http://127.0.0.1:8000",
        lambda address: address.rpartition("/")[2] in {"signaler", "abonnements"},
    )
    assert list(checker.flaws()) == []
    (site.place.site / "fr/archives/index.html").write_bytes(
        b'<html><body><a href="/nowhere">x</a><script>x</script></body></html>'
    )
    (site.place.site / "en/archives/index.html.gz").unlink()
    (site.place.site / "robots.txt").unlink()
    told = {(flaw.path, flaw.says.msgid) for flaw in checker.flaws()}
    assert told == {
        ("fr/archives/index.html", "its compressed copy says something else"),
        ("fr/archives/index.html", "the link %(address)s leads nowhere"),
        ("fr/archives/index.html", "it carries no content policy"),
        ("en/archives/index.html", "it has no compressed copy"),
        ("robots.txt", "the file is not there"),
    }


def test_the_commands_build_and_check(town):
    runner = town.app.test_cli_runner()
    town.app.cli.add_command(commands)
    built = runner.invoke(args=["hub", "site", "build", "--all"], env={"LC_ALL": "C"})
    assert built.exit_code == 0, built.output
    assert "pages built" in built.output
    checked = runner.invoke(args=["hub", "site", "check", "--json"], env={"LC_ALL": "C"})
    assert (checked.exit_code, checked.output.strip()) == (0, "[]")
    (site_of(town.app).place.site / "robots.txt.gz").unlink()
    assert runner.invoke(args=["hub", "site", "check"], env={"LC_ALL": "C"}).exit_code == 1
