"""A total time limit on conversations over sockets."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator

import pytest

from hub.kernel.deadline import WATCHDOG, Guard, open_connection, resolve


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, theirs


def test_a_reader_is_woken_at_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with WATCHDOG.guard(0.2) as guard:
        guard.watch(ours)
        assert ours.recv(1) == b""
        assert guard.fired
        with pytest.raises(TimeoutError):
            guard.remaining()


def test_a_shorter_limit_is_not_kept_waiting_by_a_longer_one(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with WATCHDOG.guard(60), WATCHDOG.guard(0.2) as short:
        short.watch(ours)
        assert ours.recv(1) == b""


def test_a_socket_that_comes_too_late_is_shut_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with WATCHDOG.guard(0) as guard:
        with pytest.raises(TimeoutError):
            guard.remaining()
        guard.watch(ours)
        assert theirs.recv(1) == b""


def test_a_released_socket_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with WATCHDOG.guard(0.1) as guard:
        guard.watch(ours)
    other_ours, other_theirs = socket.socketpair()
    with other_ours, other_theirs, WATCHDOG.guard(0.4) as later:  # ends after the first would have
        other_ours.settimeout(10)
        later.watch(other_ours)
        assert other_ours.recv(1) == b""
    theirs.sendall(b"still here")
    assert ours.recv(10) == b"still here"


def test_a_child_process_has_a_watchdog_of_its_own(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    with WATCHDOG.guard(60):
        child = os.fork()
        if child == 0:
            with WATCHDOG.guard(0.2) as guard:
                guard.watch(ours)
                os._exit(0 if ours.recv(1) == b"" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_address_that_is_not_permitted_is_not_even_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, WATCHDOG.guard(10) as guard:
        server.settimeout(0.2)
        with pytest.raises(PermissionError):
            open_connection("localhost", server.getsockname()[1], guard, lambda _address, _port: False)
        with pytest.raises(TimeoutError):
            server.accept()


def test_numbers_and_names_are_looked_up() -> None:
    with WATCHDOG.guard(10) as guard:
        assert (socket.AF_INET, ("127.0.0.1", 80)) in resolve("127.0.0.1", 80, guard)
        assert (socket.AF_INET, ("127.0.0.1", 80)) in resolve("localhost", 80, guard)
        with pytest.raises(socket.gaierror):
            resolve("nobody.invalid", 80, guard)
    with WATCHDOG.guard(0) as over, pytest.raises(TimeoutError):
        resolve("localhost", 80, over)


def test_conversations_that_are_over_are_forgotten_long_before_their_time() -> None:
    def remembered() -> int:
        gc.collect()
        return sum(isinstance(one, Guard) for one in gc.get_objects())

    before = remembered()
    for _ in range(5000):
        with WATCHDOG.guard(3600):
            pass
    assert remembered() - before < 1000
