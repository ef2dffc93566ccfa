"""Maps as files in the console: what may be fetched, what an upload shows, and what a confirmation stores."""

from __future__ import annotations

import json
import re

import pytest

from hub.kernel.db import transaction
from hub.message_maps.drafts.models import MapDraft
from hub.message_maps.exchange.formats import Format

FLOOD = "nat.flood.river"
FILES = "/console/files"


@pytest.fixture
def vera(stranger):
    """A viewer, logged in."""
    stranger.log_in("vera")
    return stranger


def document(browser, **situation):
    content = json.loads(browser.client.get(f"{FILES}/export/json/{FLOOD}").data)
    content["situation"] |= situation
    return content


def upload(browser, content, name="map.json"):
    """Sends the form as a browser does; the test client itself would leave a temporary file open."""
    browser.get(FILES)
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.token}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    )
    body = head.encode() + raw + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return browser._seen(browser.client.post(f"{FILES}/import", data=body, content_type=kind))


def drafts(town):
    with town.app_context(), transaction() as session:
        return {row.situation_id: json.loads(row.document) for row in session.query(MapDraft)}


@pytest.mark.parametrize("situation", ["", f"/{FLOOD}"])
def test_every_format_is_a_file_to_keep(vera, situation):
    for form in Format:
        answer = vera.get(f"{FILES}/export/{form}{situation}")
        assert answer.status_code == 200
        ending = "zip" if form is Format.YAML and not situation else form
        assert re.fullmatch(rf"attachment; filename=[\w.-]+\.{ending}", answer.headers["Content-Disposition"])
        assert len(answer.data) > 1000


def test_what_is_not_there_is_not_found(vera):
    for address in ("exe", f"mm/{FLOOD}?draft=1", "mm/nat.none", "mm/..%2F..%2Fetc"):
        assert vera.get(f"{FILES}/export/{address}").status_code == 404, address


def test_a_viewer_exports_and_does_not_import(vera):
    vera.get(FILES)
    assert f"/console/files/export/mm/{FLOOD}" in vera.page
    assert "<h2" in vera.page
    assert 'type="file"' not in vera.page
    assert upload(vera, b"x").status_code == 403


def test_from_the_file_to_the_draft(anne, town):
    answer = upload(anne, document(anne, kinetics="fast"))
    assert answer.status_code == 303
    anne.get(answer.location)
    assert "situation.kinetics" in anne.page
    assert "Nothing has been written yet" in anne.page or "Rien n'a encore été écrit" in anne.page
    assert drafts(town) == {}
    stamp = anne.hidden("stamp")
    done = anne.post(answer.location, {"stamp": stamp})
    assert done.status_code == 303
    assert drafts(town)[FLOOD]["situation"]["kinetics"] == "fast"
    assert anne.get(answer.location).status_code == 404
    assert anne.get(f"{FILES}/export/mm/{FLOOD}?draft=1").status_code == 200


def test_another_import_in_between_is_told_and_shown(anne, town):
    answer = upload(anne, document(anne, kinetics="fast"))
    anne.get(answer.location)
    stale = anne.hidden("stamp")
    assert anne.post(answer.location, {"stamp": stale}).status_code == 303
    second = upload(anne, document(anne, kinetics="sudden"))
    refused = anne.post(second.location, {"stamp": stale})
    assert refused.status_code == 409
    assert 'role="alert"' in anne.page
    assert drafts(town)[FLOOD]["situation"]["kinetics"] == "fast"
    assert anne.post(second.location, {"stamp": anne.hidden("stamp")}).status_code == 303
    assert drafts(town)[FLOOD]["situation"]["kinetics"] == "sudden"


UNREADABLE = [
    (b"", ""),
    (b"", "a.mm"),
    (b"PK\x03\x04", "a.mm"),
    (b"x", "a.exe"),
    (b"<map><node", "<b>.mm"),
    (b"a: &x [*x]", "a.yaml"),
    (b"\xff\x81", "a.csv"),
]


def test_a_file_that_cannot_be_read_is_named_at_its_field(anne, town):
    for content, name in UNREADABLE:
        assert upload(anne, content, name).status_code == 422, name
        assert "f-file" in anne.faults()
        assert "<b>" not in anne.page
    assert drafts(town) == {}


def test_a_file_with_faults_shows_them_and_nothing_to_confirm(anne):
    broken = document(anne, kinetics="<script>alert(1)</script>")
    answer = upload(anne, broken)
    anne.get(answer.location)
    assert "situation.kinetics" in anne.page
    assert "<script>alert" not in anne.page
    assert anne.hidden("stamp") is None
    assert anne.post(answer.location, {"stamp": "x"}).status_code == 409


def test_the_file_of_another_officer_is_not_found(anne, vera):
    answer = upload(anne, document(anne, kinetics="fast"))
    assert vera.get(answer.location).status_code == 403
    assert anne.post(f"{answer.location}/drop").status_code == 303
    assert anne.get(answer.location).status_code == 404


def test_a_message_of_an_open_alert_is_not_removed(anne):
    anne.send()
    content = document(anne)
    content["messages"] = [each for each in content["messages"] if each["id"] != "act.first"]
    for message in content["messages"]:
        links = message.get("followups", {})
        message["followups"] = {role: name for role, name in links.items() if name != "act.first"}
        if not message["followups"]:
            del message["followups"]
    answer = upload(anne, content)
    anne.get(answer.location)
    assert "messages.act.first" in anne.page
    assert anne.hidden("stamp") is None


def test_a_large_file_is_taken_only_where_files_are(anne):
    large = b'<map version="1.0.1"><node TEXT="x">' + b"<node/>" * 500_000 + b"</node></map>"
    assert upload(anne, large, "a.mm").status_code == 422
    assert upload(anne, b"x" * (9 * 1024 * 1024), "a.mm").status_code == 413
