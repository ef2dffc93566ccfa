"""What a stranger may type, forge, repeat or send a thousand times."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.dispatch.models import attempts, bodies, deliveries, destinations, publications
from hub.kernel.db import reading
from hub.subscriptions import links, service
from hub.subscriptions.links import Use
from hub.subscriptions.sweeping import sweep
from tests.subscriptions.conftest import READER


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jeanne",
        "jeanne@localhost",
        "a@b.example, c@d.example",
        "Jeanne <jeanne@lecteurs.example>",
        "jeanne@lecteurs.example\r\nBcc: victim@example.org",
        "jeanne@lecteurs.example\n",
        "\u200bjeanne@lecteurs.example",
        "élève@lecteurs.example",
        "a" * 65 + "@lecteurs.example",
        "x@" + "y." * 50_000 + "example",
        "<script>alert(1)</script>@lecteurs.example",
        "=cmd|' /C calc'!A0@",
    ],
)
def test_a_bad_address_is_named_and_nothing_is_lost(readers, address):
    page = readers.ask(address, topics=["rumours"], communes=["76902"])
    assert page.status_code == 422
    assert 'id="e-address"' in page.text
    assert 'value="rumours" checked' in page.text
    assert 'value="76902" checked' in page.text
    assert "<script>alert" not in page.text
    assert (readers.rows(), readers.mails()) == ([], [])


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"topics": []}, "topics"),
        ({"topics": ["everything"]}, "topics"),
        ({"topics": ["exercises"]}, "topics"),
        ({"communes": ["75056"]}, "communes"),
        ({"communes": ["76901'; DROP TABLE subscription"]}, "communes"),
        ({"events": ["no-such-event"]}, "events"),
        ({"events": [str(number) for number in range(200)]}, "events"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_bad_choice_is_named(readers, form, field):
    page = readers.ask(**form)
    assert (page.status_code, f'id="e-{field}"' in page.text) == (422, True)
    assert readers.rows() == []


def test_the_answer_never_tells_whether_an_address_is_known(readers):
    def said(address):
        page = readers.ask(address)
        same = {name: value for name, value in page.headers.items() if name not in {"X-Request-Id", "Last-Modified"}}
        return page.status_code, page.get_data(), same

    unknown = said("un@lecteurs.example")
    readers.mails()
    waiting = said("un@lecteurs.example")
    readers.client.post(readers.path(readers.mails()[0], "confirmer"))
    readers.town.clock.advance(2 * 86_400)
    fresh, known = said("deux@lecteurs.example"), said("UN@lecteurs.example")
    assert unknown == waiting
    assert fresh == known
    assert sorted(mail["To"] for mail in readers.mails()[1:]) == ["deux@lecteurs.example", "un@lecteurs.example"]


def test_a_stranger_cannot_change_what_somebody_chose(readers):
    readers.join()
    readers.ask(topics=["rumours"])
    assert readers.rows()[0].choice["alerts"]


def test_nobody_is_flooded_with_letters(readers):
    for _ in range(10):
        readers.ask()
        readers.town.clock.advance(3600)
    assert len(readers.mails()) == service.MOST_LETTERS


def test_only_the_link_of_the_last_letter_is_good(any_readers):
    readers = any_readers
    readers.ask()
    first = readers.path(readers.mails()[0], "confirmer")
    readers.town.clock.advance(3600)
    readers.ask(topics=["rumours"])
    last = readers.path(readers.mails()[1], "confirmer")
    assert readers.client.post(first).status_code == 404
    assert readers.client.post(last).status_code == 200


def test_a_thousand_requests_from_one_place(readers):
    answers = [readers.ask(f"victim{number}@lecteurs.example").status_code for number in range(100)]
    most = readers.town.app.extensions["hub"].settings.subscriptions.requests_per_hour
    assert (answers.count(200), answers.count(429)) == (most, 100 - most)
    assert len(readers.rows()) == most


def test_forged_and_borrowed_links(readers):
    readers.join()
    settings = readers.town.app.extensions["hub"].settings
    row = readers.rows()[0]
    good = links.token(settings, Use.UNSUBSCRIBE, row.id)
    forged = [
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        good.replace("u.", "m.", 1),
        f"u.{'f' * 32}.0.0.{good[-32:]}",
        good.upper(),
        good + "%0A",
        "u.x",
        "%00",
        "a" * 5000,
    ]
    for token in forged:
        for path in ("confirmer", "choix", "fin"):
            for method in (readers.client.get, readers.client.post):
                assert method(f"/abonnements/{path}/{token}").status_code == 404, (path, token)
    assert readers.client.post(f"/abonnements/choix/{good}").status_code == 404, "a link for one use served another"
    assert len(readers.rows()) == 1


def test_a_request_that_nobody_confirms_vanishes(any_readers):
    readers = any_readers
    readers.ask()
    path = readers.path(readers.mails()[0], "confirmer")
    readers.town.clock.advance(48 * 3600 - 1)
    assert readers.client.get(path).status_code == 200
    assert swept(readers) == 0
    readers.town.clock.advance(1)
    assert readers.client.post(path).status_code == 404
    assert (swept(readers), swept(readers)) == (1, 0)
    with readers.town.app.app_context():
        tables = (deliveries, attempts, publications, bodies)
        left = [reading().scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
        abonnes = sa.select(sa.func.count()).where(destinations.c.channel_id == "abonnes")
        assert (left, reading().scalar(abonnes)) == ([0, 0, 0, 0], 0)
    assert readers.rows() == []


def swept(readers) -> int:
    with readers.town.app.app_context():
        return sweep(readers.town.clock)


def test_refusals_in_a_row_end_a_subscription(readers):
    readers.join()
    for refused, left in ((True, 1), (True, 1), (False, 1), (True, 1), (True, 1), (True, 0)):
        readers.server.refusals = {READER: f"550 5.1.1 <{READER}> unknown"} if refused else {}
        readers.town.clock.advance(60)
        readers.send()
        readers.mails()
        assert len(readers.rows()) == left
    with readers.town.app.app_context():
        errors = " ".join(filter(None, reading().scalars(sa.select(deliveries.c.error)))).lower()
    assert "unknown" in errors
    assert READER.lower() not in errors


def test_choices_are_changed_and_ended_by_the_link(readers):
    readers.join()
    readers.send()
    path = readers.path(readers.mails()[-1], "choix")
    assert 'value="alerts" checked' in readers.client.get(path).text
    wrong = readers.client.post(path, data={"topics": [], "language": "en"})
    assert (wrong.status_code, 'id="e-topics"' in wrong.text) == (422, True)
    saved = readers.client.post(path, data={"topics": ["alerts", "exercises"], "communes": "76902", "language": "en"})
    assert saved.status_code == 200
    before = len(readers.mails())
    readers.send()
    assert len(readers.mails()) == before, "an alert elsewhere"
    readers.send(exercise=True, communes=("76902",))
    assert readers.mails()[-1]["Content-Language"] == "en"
    assert len(readers.mails()) == before + 1
    assert readers.client.post(path, data={"leave": "yes"}).status_code == 200
    assert (readers.rows(), readers.client.get(path).status_code) == ([], 404)


def test_links_end_by_the_clock(settings, clock):
    token = links.token(settings, Use.CONFIRM, "a" * 32, clock.now() + timedelta(hours=1), 1)
    assert links.read(settings, Use.CONFIRM, token, clock.now()) == ("a" * 32, 1)
    clock.advance(3600)
    with pytest.raises(links.NotFound):
        links.read(settings, Use.CONFIRM, token, clock.now())
