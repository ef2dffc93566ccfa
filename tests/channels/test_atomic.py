"""Whole files or none: real directories, real locks, a real limit on file sizes."""

from __future__ import annotations

import resource
import threading
from datetime import UTC, datetime

import pytest

from hub.channels.atomic import Busy, StagedFiles, WholeFile, writing_in


def test_nothing_is_seen_before_it_is_published_and_all_of_it_after(tmp_path):
    staged = StagedFiles(tmp_path, [WholeFile("a", b"1"), WholeFile("b", b"2")])
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    staged.publish()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"1", "b": b"2"}


def test_a_file_is_readable_by_the_web_server_and_carries_its_time(tmp_path):
    changed = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
    StagedFiles(tmp_path, [WholeFile("a", b"1", changed)]).publish()
    status = (tmp_path / "a").stat()
    assert (status.st_mode & 0o777, status.st_mtime) == (0o644, changed.timestamp())


def test_when_one_does_not_fit_none_is_left_behind(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            StagedFiles(tmp_path, [WholeFile("small", b"1"), WholeFile("large", b"x" * 100)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_one_writer_at_a_time_and_the_next_one_sweeps_up(tmp_path):
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with writing_in(tmp_path, 5):
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(10)
    (tmp_path / ".killed.part").write_bytes(b"half")
    with pytest.raises(Busy), writing_in(tmp_path, 0):
        pass
    assert (tmp_path / ".killed.part").exists()
    leave.set()
    with writing_in(tmp_path, 10):
        assert not (tmp_path / ".killed.part").exists()
    holder.join()
