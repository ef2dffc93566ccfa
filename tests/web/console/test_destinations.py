"""The destinations of a channel on the console and on the command line: one by one, and as a table."""

from __future__ import annotations

import io
import json

import pytest

from hub.cli import hub
from tests.web.furnished import CHANNELS

MANY = """
[[channel]]
id = "mairies"
kind = "email"
label = "Mairies"
exercise = true
[channel.settings]
host = "127.0.0.1"
port = 25
security = "none"
sender = "alerte@rivemont.example"

[[channel]]
id = "voisins"
kind = "webhook"
label = "Voisins"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_TABLES"]
"""
PAGE = "/console/channels/mairies"
TABLE = (
    "Adresse;Nom\nbourg@mairie.example;Le Bourg\n\nsans arobase;Personne\n"
    "bourg@mairie.example;Encore\nport@mairie.example\n"
)


@pytest.fixture
def overrides(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_SECRET_TABLES", "t" * 40)
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS + MANY, encoding="utf-8")
    return {"channels": {"file": str(file)}}


def rows(browser, asked=""):
    return browser.get(f"{PAGE}?q={asked}").text.partition("<tbody>")[2].partition("</tbody>")[0]


def test_one_is_entered_closed_and_opened_again(anne):
    anne.get("/console/channels")
    assert PAGE in anne.page
    refused = anne.post(f"{PAGE}/destinations", {"address": "sans arobase", "label": "Mairie <b>"})
    assert refused.status_code == 422
    assert "sans arobase" in anne.page
    assert "Mairie &lt;b&gt;" in anne.page, "nothing typed is lost"
    anne.post(f"{PAGE}/destinations", {"address": "bourg@mairie.example", "label": "Le Bourg"}, follow_redirects=True)
    assert "Le Bourg" in rows(anne)
    assert anne.post(f"{PAGE}/destinations", {"address": "bourg@mairie.example"}).status_code == 409
    number = anne.get(PAGE).text.partition("/close")[0].rpartition("/")[2]
    assert anne.post(f"/console/channels/voisins/destinations/{number}/close").status_code == 404, "of another channel"
    anne.post(f"{PAGE}/destinations/{number}/close")
    assert "fermée" in rows(anne)
    anne.post(f"{PAGE}/destinations", {"address": "bourg@mairie.example", "label": "Le Bourg"})
    assert "fermée" not in rows(anne)


def test_a_table_is_looked_at_then_entered_and_refused_rows_stay_to_be_mended(anne):
    anne.post(f"{PAGE}/destinations/table", {"file": (io.BytesIO(TABLE.encode("cp1252")), "liste.csv")})
    assert "Ligne 4, sans arobase" in anne.page
    assert "la ligne 2 a la même adresse" in anne.page
    assert "2 nouvelles destinations" in anne.page
    assert not rows(anne), "nothing is written yet"
    anne.post(f"{PAGE}/destinations/table", {"text": TABLE})
    kept = anne.hidden("text")
    anne.post(f"{PAGE}/destinations/enter", {"text": kept})
    assert "2 destinations enregistrées" in anne.page
    assert "sans arobase;Personne" in anne.page.partition("<textarea")[2]
    assert "Le Bourg" in rows(anne, "BOURG")
    assert "port@mairie.example" not in rows(anne, "BOURG")
    anne.post(f"{PAGE}/destinations/table", {"text": kept})
    assert "2 sont déjà enregistrées" in anne.page


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"", "une destination par ligne"),
        (b"adresse;nom\n", "une destination par ligne"),
        (b"PK\x03\x04feuille", "enregistrez le tableau en CSV"),
        (b"a@b.example\n\x81\x00", "UTF-8"),
        (b'"a@b.example\n', "tableau"),
        (b"a@b.example\n" * 20_002, "20000 lignes"),
    ],
)
def test_what_is_no_table_is_told(anne, given, says):
    anne.get(PAGE)
    answer = anne.post(f"{PAGE}/destinations/table", {"file": (io.BytesIO(given), "liste.csv")})
    assert answer.status_code == 422
    assert says in " ".join(anne.faults().values()).replace("\u202f", "")


def test_a_receiver_that_checks_signatures_is_entered_alone_and_its_secret_shown_once(anne):
    page = "/console/channels/voisins"
    assert "Depuis un tableau" not in anne.get(page).text
    anne.post(f"{page}/destinations", {"address": "https://voisins.example/hub", "label": "Voisins"})
    assert "whsec_" in anne.page
    assert "whsec_" not in anne.get(page).text
    assert anne.post(f"{page}/destinations/enter", {"text": "https://a.example/"}).status_code == 422


def test_who_may_not_send_sees_no_address(town, anne):
    vera = type(anne)(town.test_client())
    vera.log_in("vera")
    assert PAGE not in vera.get("/console/channels").text
    assert vera.get(PAGE).status_code == 403
    for channel in ("flux-cap", "nulle-part"):
        assert anne.get(f"/console/channels/{channel}").status_code == 404


def test_the_command_line_enters_the_same_tables(app, anne, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    file = tmp_path / "liste.csv"
    file.write_text(TABLE, encoding="utf-8")
    run = app.test_cli_runner()
    look = run.invoke(hub, ["destination", "import", "mairies", str(file), "--dry-run", "--json"])
    assert (look.exit_code, json.loads(look.stdout)["written"]) == (1, False)
    assert not rows(anne)
    done = run.invoke(hub, ["destination", "import", "mairies", str(file)])
    assert done.exit_code == 1
    assert "line 4" in done.output
    assert "2 new, 0 opened again, 0 already there, 2 refused" in done.output
    assert "Le Bourg" in rows(anne)
