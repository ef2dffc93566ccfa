"""The page of an alert: progress, troubles, follow-ups in two clicks, and the list of alerts."""

import re
from zoneinfo import ZoneInfo

import pytest

from hub.dispatch import doubts
from hub.dispatch.models import deliveries
from hub.kernel.db import transaction
from hub.web.console import progress

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def sent(anne):
    """An exercise that waits in the outbox."""
    return anne.send()


def dispatch(town):
    """Sends what is due, as the dispatcher does."""
    with town.app_context():
        assert town.extensions["hub"].engine.run_until_idle(20)


def set_states(town, **values):
    with town.app_context(), transaction() as session:
        session.execute(deliveries.update().values(**values))


def test_the_page_shows_progress_without_scripts(town, anne, sent):
    assert "Envoi en cours : 0 sur 2 terminés." in anne.page
    assert f'<noscript><p><a href="/console/alerts/{sent}">' in anne.page
    assert "http-equiv" not in anne.page, "a page that loads itself loses what is being typed"
    dispatch(town)
    anne.get(f"/console/alerts/{sent}")
    assert "Terminé : accepté partout (2 sur 2)." in anne.page
    assert "<noscript>" not in anne.page
    assert "sse-connect" not in anne.page, "a finished alert is not followed any more"


def test_the_fragment_tells_polling_to_stop_when_all_is_finished(town, anne, sent):
    for part in ("progress", "trouble"):
        assert anne.client.get(f"/console/alerts/{sent}/{part}").status_code == 200
    dispatch(town)
    for part in ("progress", "trouble"):
        assert anne.client.get(f"/console/alerts/{sent}/{part}").status_code == 286


def events(text):
    return [
        (block.partition("\n")[0].removeprefix("event: "), re.findall(r"^data: ?(.*)$", block, re.MULTILINE))
        for block in text.split("\n\n")
        if block.startswith("event:")
    ]


def test_the_stream_ends_by_itself_when_all_is_finished(town, anne, sent):
    dispatch(town)
    answer = anne.client.get(f"/console/alerts/{sent}/stream")
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    found = events(answer.text)
    assert [name for name, _ in found] == ["progress", "finished"]
    assert "Terminé : accepté partout (2 sur 2)." in "\n".join(found[0][1])


def test_streams_are_bounded_and_given_back(town, anne, sent):
    streams = [anne.client.get(f"/console/alerts/{sent}/stream", buffered=False) for _ in range(progress.STREAMS)]
    assert "Envoi en cours" in next(streams[0].response).decode()
    refused = anne.client.get(f"/console/alerts/{sent}/stream")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    for stream in streams:
        stream.close()
    dispatch(town)
    assert anne.client.get(f"/console/alerts/{sent}/stream").status_code == 200


def test_a_doubtful_delivery_can_be_settled(town, anne, sent):
    set_states(town, state="unknown", finished_at=town.extensions["hub"].clock.now())
    anne.get(f"/console/alerts/{sent}")
    assert anne.page.count("C'est bien arrivé") == 2
    number = re.search(r"/console/deliveries/(\d+)/settle", anne.page)[1]
    assert anne.post(f"/console/deliveries/{number}/settle").status_code == 303
    anne.get(f"/console/alerts/{sent}")
    assert anne.page.count("C'est bien arrivé") == 1
    assert "Anne Martin a vérifié" in anne.page


def test_a_doubt_shows_the_text_and_the_time_of_the_attempt(town, anne, sent, clock):
    started = clock.now()
    dispatch(town)
    clock.advance(600)
    set_states(town, state="unknown", finished_at=clock.now())
    anne.get(f"/console/alerts/{sent}")
    assert f"Dernier essai : samedi 21 novembre, {started.astimezone(PARIS):%H:%M:%S}" in anne.page
    assert "Le texte à chercher" in anne.page
    trouble = anne.page.partition("trouble-title")[2]
    assert trouble.count("EXERCICE EXERCICE EXERCICE") >= 2
    assert "Bas-Bourg, rue du Port" in trouble
    assert "Le hub demande lui-même au canal" not in anne.page


def test_while_the_hub_looks_by_itself_the_page_says_so_and_goes_on_asking(town, anne, sent, clock):
    dispatch(town)
    set_states(town, state="unknown", finished_at=clock.now())
    hub = town.extensions["hub"]
    looks = doubts.Doubts(town.app_context, hub.channels, clock)
    with town.app_context(), transaction() as session:
        claimed = looks.claim(session, clock.now())
    assert anne.client.get(f"/console/alerts/{sent}/trouble").status_code == 200
    anne.get(f"/console/alerts/{sent}")
    assert anne.page.count("Le hub demande lui-même au canal") == 2
    assert f'hx-get="/console/alerts/{sent}/trouble"' in anne.page
    looks.start(claimed)
    looks.join(20)
    anne.get(f"/console/alerts/{sent}")
    assert "Terminé : accepté partout (2 sur 2)." in anne.page
    assert anne.client.get(f"/console/alerts/{sent}/trouble").status_code == 286


def test_a_failed_delivery_is_sent_again_and_a_second_click_does_no_harm(town, anne, sent):
    set_states(town, state="failed", finished_at=town.extensions["hub"].clock.now())
    anne.get("/console/")
    assert "À traiter" in anne.page, "the home page says so too"
    number = re.search(r"/console/deliveries/(\d+)/resend", anne.page)[1]
    for _ in range(2):
        assert anne.post(f"/console/deliveries/{number}/resend").location == f"/console/alerts/{sent}"
    dispatch(town)
    anne.get(f"/console/alerts/{sent}")
    assert "accepté" in anne.page


def test_a_correction_takes_two_clicks_and_no_word(town, anne, sent, clock):
    dispatch(town)
    clock.advance(60)
    anne.get(f"/console/alerts/{sent}")
    assert 'name="blanks.zones" value="Bas-Bourg, rue du Port"' in anne.page, "what is known is not asked again"
    known = dict(re.findall(r'name="(blanks\.[^"]+)" value="([^"]+)"', anne.page))
    changes = {"blanks.erreur": "rue du Port", "blanks.juste": "rue du Pont", "blanks.zones": "Bas-Bourg, rue du Pont"}
    answer = anne.post(f"/console/alerts/{sent}/follow-up/act.correction", {**known, **changes})
    assert answer.status_code == 200
    assert 'class="word"' not in anne.page
    assert "rue du Pont" in anne.page
    answer = anne.post("/console/confirm", {"token": anne.hidden("token")})
    assert answer.status_code == 303
    dispatch(town)
    anne.get(answer.location)
    assert "Terminé : accepté partout (2 sur 2)." in anne.page
    anne.get(f"/console/alerts/{sent}")
    assert "Un autre message a suivi celui-ci" in anne.page
    assert "Donner suite" not in anne.page


def test_a_correction_without_its_blanks_keeps_the_others(anne, sent):
    answer = anne.post(
        f"/console/alerts/{sent}/follow-up/act.correction", {"blanks.erreur": "rue du Port", "blanks.juste": ""}
    )
    assert answer.status_code == 422
    fault = next(field for field in anne.faults() if field.endswith("-juste"))
    assert f'id="{fault}"' in anne.page
    assert 'value="rue du Port"' in anne.page


def test_a_cancel_needs_nothing_typed(anne, sent, clock):
    clock.advance(60)
    known = dict(re.findall(r'name="(blanks\.[^"]+)" value="([^"]+)"', anne.page))
    anne.post(f"/console/alerts/{sent}/follow-up/act.cancel", {"blanks.zones": known["blanks.zones"]})
    answer = anne.post("/console/confirm", {"token": anne.hidden("token")})
    assert answer.status_code == 303
    anne.get(f"/console/alerts/{sent}")
    assert "annulée : elle avait été envoyée par erreur" in anne.page
    assert anne.page.count("retiré avant le départ") == 2, "what had not left does not leave"


WRONG_STREET = {"blanks.erreur": "rue du Port", "blanks.juste": "rue du Pont", "blanks.zones": "Bas-Bourg, rue du Pont"}


def follow_up(anne, sent, message, typed):
    """From the alert's page to the confirmation of a follow-up."""
    anne.get(f"/console/alerts/{sent}")
    known = dict(re.findall(r'name="(blanks\.[^"]+)" value="([^"]+)"', anne.page))
    return anne.post(f"/console/alerts/{sent}/follow-up/{message}", {**known, **typed})


@pytest.mark.parametrize("confirmed", [False, True], ids=["before the preview", "after the preview"])
def test_a_correction_that_somebody_overtook_is_kept_for_the_newer_message(anne, sent, clock, confirmed):
    clock.advance(60)
    follow_up(anne, sent, "act.correction", WRONG_STREET)
    mine = anne.hidden("token")
    assert follow_up(anne, sent, "act.no_change", {}).status_code == 200
    newer = anne.post("/console/confirm", {"token": anne.hidden("token")}).location.rpartition("/")[2]
    if confirmed:
        answer = anne.post("/console/confirm", {"token": mine})
    else:
        answer = anne.post(f"/console/alerts/{sent}/follow-up/act.correction", WRONG_STREET)
    assert answer.status_code == 409
    (fault,) = anne.faults().values()
    assert "Un autre message a suivi cette alerte entre-temps" in fault
    form = anne.page.partition(f'action="/console/alerts/{newer}/follow-up/act.correction"')[2].partition("</form>")[0]
    typed = dict(re.findall(r'name="(blanks\.[^"]+)" value="([^"]+)"', form))
    assert {**typed, **WRONG_STREET} == typed
    assert anne.post(f"/console/alerts/{newer}/follow-up/act.correction", typed).status_code == 200


def test_two_officers_cannot_follow_up_the_same_alert(town, anne, sent, clock):
    clock.advance(60)
    tokens = []
    for _ in range(2):
        follow_up(anne, sent, "act.cancel", {})
        tokens.append(anne.hidden("token"))
    assert anne.post("/console/confirm", {"token": tokens[0]}).status_code == 303
    assert anne.post("/console/confirm", {"token": tokens[1]}).status_code == 409
    assert "son dernier message n'admet pas cette suite" in anne.page
    assert "<li>Bas-Bourg, rue du Port</li>" in anne.page, "what was typed can be copied"


def test_a_follow_up_that_is_none_of_the_message_is_not_found(anne, sent):
    assert anne.post(f"/console/alerts/{sent}/follow-up/watch.first").status_code == 404


def test_a_viewer_sees_everything_and_can_do_nothing(town, anne, sent, stranger):
    set_states(town, state="unknown", finished_at=town.extensions["hub"].clock.now())
    stranger.log_in("vera")
    for page in ("/console/", "/console/situations", "/console/alerts", f"/console/alerts/{sent}", "/console/channels"):
        assert stranger.get(page).status_code == 200
        assert not re.search(r'action="/console/(deliveries|sending|confirm|alerts|compose)', stranger.page), page
    for action in (
        "/console/deliveries/1/resend",
        "/console/sending/stop",
        f"/console/alerts/{sent}/follow-up/act.cancel",
    ):
        assert stranger.post(action).status_code == 403


def test_all_sending_stops_at_one_click_and_every_page_says_so(town, anne, sent):
    assert anne.post("/console/sending/stop", {"reason": "intrusion"}).status_code == 303
    for page in ("/console/", "/console/channels"):
        anne.get(page)
        assert "Tous les envois sont arrêtés." in anne.page
        assert "intrusion" in anne.page
    dispatch(town)
    assert "0 sur 2" in anne.get(f"/console/alerts/{sent}").text
    anne.post("/console/sending/resume")
    dispatch(town)
    assert "2 sur 2" in anne.get(f"/console/alerts/{sent}").text


def test_the_banner_tells_a_real_alert_from_an_exercise(anne):
    anne.send()
    anne.send("actual")
    anne.get("/console/channels")
    assert re.search(r'class="banner real"><strong>ALERTE RÉELLE en cours', anne.page)
    assert re.search(r'class="banner exercise"><strong>EXERCICE en cours', anne.page)


def test_the_channels_are_listed_with_what_they_are_for(town, anne, sent):
    anne.get("/console/channels")
    assert anne.page.count("ouvert aux exercices") == 2
    assert anne.page.count("alertes réelles seulement") == 1
    assert anne.page.count("aucun encore") == 3
    dispatch(town)
    anne.get("/console/channels")
    assert anne.page.count("aucun encore") == 1


@pytest.mark.parametrize("page", ["0", "-1", "9999999999", "x", ""])
def test_any_page_number_gives_a_page(anne, page):
    assert anne.get(f"/console/alerts?page={page}").status_code == 200


TRIANGLE = '{"type": "Polygon", "coordinates": [[[0.2, 49.5], [0.21, 49.5], [0.21, 49.51], [0.2, 49.5]]]}'


@pytest.mark.parametrize("area", [{"communes": "76901"}, {"communes": [], "geojson": TRIANGLE}])
def test_after_an_all_clear_advice_is_one_click_away_with_area_and_channels_proposed(anne, area):
    over = anne.send(channels=["essai"], **area)
    known = {name: anne.hidden(name) or "" for name in ("blanks.zones", "blanks.riviere.fr", "blanks.riviere.en")}
    assert "after=" not in anne.page, "the incident is still open"
    anne.post(f"/console/alerts/{over}/follow-up/act.all_clear", {"blanks.zones": "Bas-Bourg", **known})
    answer = anne.post("/console/confirm", {"token": anne.hidden("token"), "word": "EXERCICE"})
    assert answer.status_code == 303, anne.page
    anne.get(answer.location)
    (link,) = re.findall(r'href="([^"]*after=[^"]*)"', anne.page)
    anne.get(link)
    assert "Bas-Bourg, rue du Port" in anne.page
    assert re.findall(r'name="channels" value="([^"]+)" checked', anne.page) == ["essai"]
    assert ('value="76901" checked' in anne.page) is ("geojson" not in area)
    assert ("[[[[0.2, 49.5], " in anne.page) is ("geojson" in area)
    assert anne.get(link.replace("exercise?", "actual?")).status_code == 404, "an exercise proposes no real alert"
