"""The map page, its drawing's nodes, its search and its badges; the pages of a situation and of a message."""

import json
import re
from dataclasses import replace
from html import unescape

from hub.kernel.db import reading, transaction
from hub.message_maps import versions
from hub.message_maps.model import Accepted, State
from hub.message_maps.readiness import obstacles
from hub.message_maps.tagged import parse

MAP = "/console/situations"
FLOOD = "nat.flood.river"
MESSAGE = f"{MAP}/{FLOOD}/act.first"


def changed(town, clock, **changes):
    """Publishes the river flood with some of its fields replaced."""
    with town.app_context(), transaction() as session:
        _, situation = versions.find(session, FLOOD)
        versions.publish(session, [replace(situation, **changes)], now=clock.now(), actor_name="Vera Petit")


def river(town):
    with town.app_context():
        return versions.find(reading(), FLOOD)[1]


def with_message(situation, message_id, **changes):
    return tuple(replace(each, **changes) if each.id == message_id else each for each in situation.messages)


def nodes(node):
    yield node
    for child in node.get("children", ()):
        yield from nodes(child)


def test_the_map_is_searched_without_scripts(anne):
    for query, first, words in (
        ("DEBORDEMENT", FLOOD, "dans ses synonymes"),
        ("siren.false", "com.siren.false", "dans son identifiant"),
        ("tap water", "hea.water.unsafe", "dans le nom de la situation (English)"),
        ("brushing teeth", "hea.water.unsafe", "(English)"),
    ):
        anne.get(f"{MAP}?q={query}")
        found = re.findall(rf'href="{MAP}/([^/"]+)/', anne.page)
        assert found[0] == first
        assert words in anne.page.partition('id="found"')[2].partition("</ul>")[0]


def test_nothing_found_is_said_and_what_was_typed_is_only_text(anne):
    anne.get(f"{MAP}?q=zzzz")
    assert "0 situation trouvée" in anne.page
    assert re.findall(rf'href="{MAP}/([^/"]+)/', anne.page) == []
    anne.get(f"{MAP}?q=<script>alert(1)</script>")
    assert "<script>alert" not in anne.page
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in anne.page, "shown as typed, never run"


def test_while_typing_only_the_results_are_sent(anne):
    whole = anne.get(f"{MAP}?q=eau").text
    part = anne.get(f"{MAP}?q=eau", headers={"HX-Request": "true"}).text
    assert part.strip() in whole
    assert part.strip().startswith('<div id="found" class="asked">')
    assert "<mark>eau</mark>" in part.lower()
    empty = anne.get(f"{MAP}?q=", headers={"HX-Request": "true"}).text
    assert re.sub(r"\s", "", empty) == '<divid="found"></div>'


def test_the_list_holds_every_message_under_its_phase_and_level(anne, town):
    anne.get(MAP)
    with town.app_context():
        situations = [situation for _, situation in versions.current(reading())]
    for situation in situations:
        for message in situation.messages:
            assert f'href="{MAP}/{situation.id}/{message.id}"' in anne.page
    assert "Pendant \u2013 Agissez" in anne.page
    assert all(word in anne.page for word in ("Risques naturels", "Santé", "Communication"))


def test_the_drawing_gets_ids_topics_tags_and_children_only(anne, town, clock):
    title = {"fr": "<img src=x onerror=alert(1)>", "en": "[x](javascript:alert(1))"}
    messages = with_message(river(town), "act.first", title=title)
    changed(town, clock, title=title, messages=messages)
    root = json.loads(anne.get(f"{MAP}/map.json").data)
    found = list(nodes(root))
    assert {key for node in found for key in node} == {"id", "topic", "tags", "children"}
    assert {key for node in found for tag in node.get("tags", ()) for key in tag} == {"text", "className"}
    looks = {tag["className"] for node in found for tag in node.get("tags", ())}
    assert all(re.fullmatch(r"(look-(bad|warn|good|quiet))|severity-[a-z]+", look) for look in looks)
    assert len({node["id"] for node in found}) == len(found)
    leaf = next(node for node in found if node["id"] == f"{FLOOD}/act.first")
    assert leaf["topic"] == title["fr"], "it stays text; the page's policy and the script's whitelist do the rest"
    assert {node["id"] for node in found if "/" in node["id"]} >= {f"{FLOOD}/{each.id}" for each in messages}


def summary_of(page):
    """The line of the river flood in the list."""
    return next(
        each for each in re.findall(r"<summary>.*?</summary>", page, re.DOTALL) if "Crue d'un cours d'eau" in each
    )


def test_what_was_rehearsed_is_known_also_under_a_former_name(anne, town, clock):
    anne.send()
    anne.get(MAP)
    assert "jamais joué" not in summary_of(anne.page)
    assert "jamais joué" in anne.page.partition("Crue d'un cours d'eau")[2].partition("</details>")[0], "other messages"
    with town.app_context(), transaction() as session:
        old = versions.find(session, FLOOD)[1]
        heir = replace(old, id="nat.flood.plain", aliases=(FLOOD,))
        gone = replace(old, status=State.RETIRED)
        versions.publish(session, [heir, gone], now=clock.now(), actor_name="hub")
    anne.get(MAP)
    assert f"{MAP}/nat.flood.plain/act.first" in anne.page
    assert "jamais joué" not in summary_of(anne.page)


def test_a_message_shows_every_form_with_its_worst_count(anne, town):
    anne.get(MESSAGE)
    message = river(town).message("act.first")
    for form in ("SMS", "Bluesky", "Mastodon", "Panneaux d'affichage", "CAP (sirènes", "En mots simples", "À dire"):
        assert form in anne.page
    assert anne.page.count("Au pire :") == sum(len(languages) for languages in message.variants.values())
    assert "count over" not in anne.page
    assert "Bas-Bourg, rue du Pont" in anne.page
    anne.get(f"{MESSAGE}?values=longest")
    assert "Bas-Bourg, rue du Pont" not in anne.page.partition("Sur quoi reposent")[0]


def test_why_a_message_cannot_be_used_is_said(anne, town, clock):
    draft = with_message(river(town), "act.first", draft=True)
    changed(town, clock, status=State.REVIEW, facts=(), messages=draft)
    reasons = [str(reason) for reason in obstacles(river(town), river(town).message("act.first"))]
    assert len(reasons) > 2, "the state of the situation, the draft, the sources"
    anne.post("/console/language", {"language": "en"})
    anne.get(MESSAGE)
    assert all(reason in unescape(anne.page) for reason in reasons)
    assert "/console/compose/" not in anne.page


def test_using_a_message_is_offered_to_who_may_where_it_makes_sense(stranger):
    for login, message, offered in (
        ("anne", "act.first", True),
        ("anne", "act.update", False),
        ("vera", "act.first", False),
    ):
        stranger.log_in(login)
        assert stranger.get(f"{MAP}/{FLOOD}/{message}").status_code == 200
        assert (f"/console/compose/{FLOOD}/{message}/exercise" in stranger.page) is offered


def test_findings_are_shown_and_what_was_accepted_says_why(anne, town, clock):
    message = river(town).message("act.first")
    variants = {**message.variants, "sms": {"fr": {"text": parse("[H]Crue !!")}, "en": {"text": parse("[H]Flood.")}}}
    changed(town, clock, messages=with_message(river(town), "act.first", variants=variants))
    anne.get(MESSAGE)
    findings = anne.page.partition('id="linter"')[2].partition("</section>")[0]
    rules = re.findall(r"<strong>([A-Z0-9]+-\d+)</strong> \((\w+)", findings)
    assert {grade for _, grade in rules} >= {"erreur", "avertissement"}
    doubtful = next(rule for rule, grade in rules if grade == "avertissement")
    reason = Accepted(doubtful, {"fr": "voulu par le préfet", "en": "as the prefect asked"})
    changed(
        town,
        clock,
        messages=with_message(river(town), "act.first", variants=variants),
        accepted=(*river(town).accepted, reason),
    )
    anne.get(MESSAGE)
    assert "voulu par le préfet" in anne.page
    assert re.search(r"Note : \d+ sur 100", anne.page)


def test_follow_ups_stand_in_the_drawing_and_in_the_lists(anne, town):
    anne.get(MESSAGE)
    section = anne.page.partition('id="next"')[2].partition("</section>")[0]
    situation = river(town)
    for target in situation.message("act.first").followups.values():
        assert f'href="{MAP}/{FLOOD}/{target}"' in section
    assert "niveau relevé" in section
    drawing = section.partition("<svg")[2].partition("</svg>")[0]
    leading = [each for each in situation.messages if "act.first" in each.followups.values()]
    assert drawing.count("<rect") == 1 + len(leading) + len(situation.message("act.first").followups)


def test_the_history_names_who_put_each_wording_in_force_and_what_changed(anne, town, clock):
    message = river(town).message("act.first")
    text = message.variants["sms"]["fr"]["text"].source
    sms = {**message.variants["sms"], "fr": {"text": parse(text.replace("emporter", "soulever"))}}
    clock.advance(3 * 24 * 3600)
    anne.log_in()
    changed(town, clock, messages=with_message(river(town), "act.first", variants={**message.variants, "sms": sms}))
    anne.get(MESSAGE)
    history = anne.page.partition('id="history"')[2]
    assert ("<del>emporter</del>" in history, "<ins>soulever</ins>" in history) == (True, True)
    assert re.findall(r"Version (\d)", history) == ["2", "1"]
    assert "Vera Petit" in history.partition("Version 1")[0]
    anne.get(f"{MAP}/{FLOOD}/act.cancel")
    assert re.findall(r"Version (\d)", anne.page.partition('id="history"')[2]) == ["1"], "only where it changed"


def test_the_page_of_a_situation_shows_its_ladder_its_messages_and_its_sources(anne, town):
    anne.get(f"{MAP}/{FLOOD}")
    situation = river(town)
    for level in situation.levels.values():
        assert level.label["fr"] in anne.page
    for message in situation.messages:
        assert f'href="{MAP}/{FLOOD}/{message.id}"' in anne.page
    assert anne.page.count('class="sent"') == 2 * len(situation.messages)
    assert anne.page.count('rel="noreferrer"') >= len([fact for fact in situation.facts if fact.source])
    assert f"{MAP}/{FLOOD}/sheet.pdf" in anne.page


def test_what_is_not_on_the_map_is_a_page_that_says_so(anne):
    for address in (f"{MAP}/no.such", f"{MAP}/no.such/sheet.pdf", f"{MAP}/map-a1.pdf"):
        assert anne.get(address).status_code == 404
