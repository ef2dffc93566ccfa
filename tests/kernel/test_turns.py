"""First come, first served."""

from __future__ import annotations

import threading

from hub.kernel.turns import Turns

PATIENCE = 20.0


def test_whoever_came_first_is_served_first() -> None:
    turns = Turns()
    served: list[str] = []
    under_way: list[threading.Thread] = []

    def come(name: str) -> None:
        with turns.turn(PATIENCE):
            served.append(name)

    with turns.turn(PATIENCE) as mine:
        for name in "abcdefgh":
            thread = threading.Thread(target=come, args=(name,))
            thread.start()
            under_way.append(thread)
            while turns.waiting() < len(under_way):
                thread.join(0.001)
        served.append("holder")
    for thread in under_way:
        thread.join(PATIENCE)
    assert (mine, served) == (True, ["holder", *"abcdefgh"])
    assert turns.waiting() == 0


def test_whoever_has_waited_long_enough_goes_on_and_takes_no_turn_away() -> None:
    turns = Turns()
    with turns.turn(PATIENCE):
        with turns.turn(0.01) as impatient:
            assert not impatient
        with turns.turn(0.01) as still_held:
            assert not still_held
    with turns.turn(PATIENCE) as free_again:
        assert free_again


def test_many_threads_never_hold_it_together() -> None:
    turns = Turns()
    inside = 0
    most = 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            with turns.turn(PATIENCE):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert most == 1
