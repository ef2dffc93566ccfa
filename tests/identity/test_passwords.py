from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.identity import passwords, service
from hub.kernel.errors import Unavailable

GOOD = "la crue monte vite ce soir"


def test_a_hash_matches_its_password_and_no_other():
    stored = passwords.hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(GOOD, stored)
    assert not passwords.matches(GOOD + " ", stored)
    assert passwords.hash_password(GOOD) != stored


def test_accents_typed_on_another_machine_are_the_same_password():
    stored = passwords.hash_password("e\u0301vacuez la berge")
    assert passwords.matches("\u00e9vacuez la berge", stored)


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$broken"])
def test_a_broken_hash_matches_nothing(stored):
    assert not passwords.matches(GOOD, stored)


@pytest.mark.parametrize("odd", ["\ud800" * 12, "\0" * 12, "🚒" * 12])
def test_any_text_can_be_a_password(odd):
    assert passwords.matches(odd, passwords.hash_password(odd))


def test_nobodys_hash_costs_as_much_as_a_real_one():
    real = passwords.hash_password(GOOD)
    assert service.NOBODYS_HASH.split("$")[:4] == real.split("$")[:4]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 12"),
        ("onze lettre", "at least 12"),
        ("a" * 201, "at most 200"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("Anne.Martin-Mairie", "easy to guess"),
        ("the one I have now", "have now"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password, words):
    assert words in str(passwords.weakness(password, login="anne.martin-mairie", current="the one I have now"))


@pytest.mark.parametrize(
    "password", ["douze lettre", "tout en minuscules sans chiffre", "1234 5678 9012", "🚒🚒🚒🚒🚒🚒🚒🚒🚒🚒🚒!"]
)
def test_length_is_the_only_rule_of_composition(password):
    assert passwords.weakness(password, login="anne", current="another one of mine") is None


def test_one_time_passwords_are_long_random_and_readable():
    made = {passwords.one_time_password().reveal() for _ in range(100)}
    assert len(made) == 100
    assert all(len(password) == 19 and not set(password) & set("01ilo") for password in made)
    assert "***" in repr(passwords.one_time_password())


def test_a_flood_of_log_ins_waits_for_a_place_then_gives_up():
    gate = passwords.Gate(places=2, seconds=0.01)
    with gate.place(), gate.place(), pytest.raises(Unavailable), gate.place():
        pass
    with gate.place(), gate.place():
        pass  # a place that was refused is not lost


def test_more_log_ins_than_places_all_get_their_turn():
    with ThreadPoolExecutor(passwords.HASHES_AT_ONCE * 2) as pool:
        made = list(pool.map(passwords.hash_password, [GOOD] * (passwords.HASHES_AT_ONCE * 2 + 1)))
    assert len(set(made)) == len(made)
