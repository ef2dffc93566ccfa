"""Phrases, errors, secrets, keys and log lines."""

from __future__ import annotations

import io
import json
import logging
import stat
import threading

import marshmallow as ma
import pytest

from hub.kernel import logs
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.keys import signing_key
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret, SecretField

FRENCH = {"%(field)s is missing": "il manque %(field)s", "the place": "le lieu"}


def test_a_phrase_is_put_into_the_language_of_its_reader_with_its_parts():
    phrase = Phrase("%(field)s is missing", field=Phrase("the place"))
    assert str(phrase) == "the place is missing"
    assert phrase.translated(lambda msgid: FRENCH[msgid]) == "il manque le lieu"


def test_phrases_compare_by_what_they_say():
    assert Phrase("%(n)s", n=1) == Phrase("%(n)s", n=1)
    assert Phrase("%(n)s", n=1) != Phrase("%(n)s", n=2)
    assert len({Phrase("%(n)s", n=1), Phrase("%(n)s", n=1)}) == 1


def test_an_error_names_every_field():
    error = InvalidInput([Fault("blanks.zones", Phrase("is missing")), Fault("area", Phrase("is empty"))])
    assert str(error) == "blanks.zones: is missing; area: is empty"
    assert error.status == 422


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda secret: json.dumps({"key": str(secret)})])
def test_a_secret_does_not_show_itself(show):
    assert "hunter2" not in show(Secret("hunter2"))


class OneSecret(ma.Schema):
    token = SecretField(required=True)


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path, monkeypatch):
    file = tmp_path / "token"
    file.write_text("from-file\n", encoding="utf-8")
    monkeypatch.setenv("HUB_SECRET_TOKEN", "from-environment")
    assert OneSecret().load({"token": "env:HUB_SECRET_TOKEN"})["token"].reveal() == "from-environment"
    assert OneSecret().load({"token": f"file:{file}"})["token"].reveal() == "from-file"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("hunter2", "a secret is not written here"),
        (12, "a secret is not written here"),
        ("env:HUB_SECRET_MISSING", "env:HUB_SECRET_MISSING is empty or not set"),
        ("file:/nowhere/token", "the file /nowhere/token cannot be read"),
    ],
)
def test_a_secret_in_clear_or_without_source_is_refused(value, expected):
    faults = OneSecret().validate({"token": value})
    assert faults["token"][0].startswith(expected)
    assert "hunter2" not in str(faults)


def test_the_signing_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(signing_key(Secret(""), tmp_path).reveal())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", ["", "\n", "0" * 63, "clé"])
def test_a_damaged_signing_key_is_not_used(tmp_path, content):
    (tmp_path / "secret_key").write_text(content, encoding="utf-8")
    with pytest.raises(OSError, match="damaged"):
        signing_key(Secret(""), tmp_path)


def test_a_configured_signing_key_is_used_and_nothing_is_written(tmp_path):
    assert signing_key(Secret("x" * 40), tmp_path).reveal() == "x" * 40
    assert list(tmp_path.iterdir()) == []


def test_a_log_line_is_one_json_object_with_the_request_it_belongs_to():
    stream = io.StringIO()
    logs.configure("INFO", stream)
    token = logs.request_id.set("abc123")
    try:
        logging.getLogger("hub.test").warning("two\nlines", extra={"delivery": 7})
    finally:
        logs.request_id.reset(token)
        logs.configure("WARNING")
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["message"] == "two\nlines"
    assert (entry["level"], entry["logger"], entry["request_id"], entry["delivery"]) == (
        "WARNING",
        "hub.test",
        "abc123",
        7,
    )
    assert entry["at"].endswith("+00:00")
