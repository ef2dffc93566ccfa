"""The spool: real files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from marshmallow import ValidationError

from hub.channels.adapters.spool import Spool, SpoolSettings
from hub.channels.contract import Acceptance, RenderedText, Surroundings, TransientChannelError
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import TEXTS, attempt, follow_up, message, texts


class TestContract(AdapterContract):
    kind: ClassVar[str] = "spool"


@pytest.fixture
def spool(hub: Surroundings) -> Spool:
    return Spool("essai", {}, ("fr", "en"), hub)


def files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("."))


def test_one_readable_file_with_all_languages(spool: Spool, tmp_path: Path) -> None:
    accepted = spool.send(attempt(spool))
    (file,) = files(tmp_path)
    assert file == tmp_path / "spool" / "essai" / accepted.remote_id
    content = file.read_text(encoding="utf-8")
    assert [text for text in TEXTS.values() if text not in content] == []
    for line in ("Status: Actual", "MsgType: Alert", "References: -", "Expires: 2026-11-21T22:40:00+00:00"):
        assert line in content.splitlines()


def test_the_texts_to_be_read_aloud(hub: Surroundings, tmp_path: Path) -> None:
    spool = Spool("voix", {"form": "voice"}, ("fr", "en"), hub)
    spoken = {code: RenderedText("voice", code, {"text": f"Dites ceci ({code})."}) for code in ("fr", "en")}
    spool.send(attempt(spool, message(texts={**texts(), "voice": spoken})))
    (file,) = files(tmp_path)
    content = file.read_text(encoding="utf-8")
    assert "Dites ceci (fr)." in content
    assert TEXTS["fr"] not in content
    assert SpoolSettings().load({}) == {"form": "long"}
    with pytest.raises(ValidationError, match="Must be one of"):
        SpoolSettings().load({"form": "cap"})


def test_a_repeat_is_the_same_file_and_a_follow_up_another(spool: Spool, tmp_path: Path) -> None:
    for _ in range(3):
        spool.send(attempt(spool))
    before = files(tmp_path)[0].read_bytes()
    spool.send(attempt(spool, follow_up(sent=datetime(2026, 11, 21, 17, 0, tzinfo=UTC))))
    assert [path.read_bytes() == before for path in files(tmp_path)] == [True, False]


def test_many_writers_leave_whole_files_only(spool: Spool, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(spool.send, [attempt(spool, message(publication_id=f"{n:032x}")) for n in range(16)] * 2))
    assert len(files(tmp_path)) == 16
    assert list((tmp_path / "spool").rglob("*.part")) == []
    assert all(path.read_text().rstrip().endswith("Do not cross.") for path in files(tmp_path))


@pytest.mark.parametrize(
    "identifier", ["../../etc/passwd", "/etc/passwd", "a/b", "..", ".hidden", "a\0b", "é" * 90, "a" * 300]
)
def test_no_identifier_leads_out_of_the_directory(spool: Spool, tmp_path: Path, identifier: str) -> None:
    spool.send(attempt(spool, message(publication_id=identifier)))
    (file,) = files(tmp_path)
    assert file.parent == spool.directory


def test_a_place_that_cannot_be_written_is_transient_and_named(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    with pytest.raises(TransientChannelError, match="cannot be written"):
        spool.send(attempt(spool))
    assert "cannot be written" in str(spool.check())
    (tmp_path / "spool").unlink()
    assert spool.check() is None


def test_it_is_there_when_the_very_file_is(spool: Spool) -> None:
    outgoing = attempt(spool)
    assert spool.read_back(outgoing) is None
    accepted = spool.send(outgoing)
    assert spool.read_back(outgoing) == accepted == Acceptance(accepted.remote_id)
    file = spool.directory / accepted.remote_id
    file.write_text("something else", encoding="utf-8")
    assert spool.read_back(outgoing) is None
    file.unlink()
    file.mkdir()
    with pytest.raises(TransientChannelError):
        spool.read_back(outgoing)
