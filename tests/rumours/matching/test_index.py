import pytest

from hub.rumours.matching.index import COMPARED_CLOSELY, STEM_BUDGET, Index

CLAIMS = {
    "bridge": "Le pont de la Lise a été emporté par la crue",
    "dam": "Le barrage des Aulnes va céder cette nuit",
    "water": "L'eau du robinet est empoisonnée à Rivemont",
    "school": "Les écoles sont fermées demain dans toute la ville",
    "looting": "Des pilleurs entrent dans les maisons évacuées",
    "gas": "Une fuite de gaz a fait des victimes rue du Port",
}


@pytest.fixture
def index():
    built = Index()
    for group, text in CLAIMS.items():
        built.add(group, text)
    return built


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("le pont a été emporté", "bridge"),
        ("il parait que le pont est parti avec l'eau de la crue !!! partagez", "bridge"),
        ("barrage vas cédé cet nuit", "dam"),
        ("BARAGE qui cede", "dam"),
        ("ne buvez pas l'eau du robinet elle est empoisonnee", "water"),
        ("école fermée ?", "school"),
        ("on pille les maisons des évacués", "looting"),
        ("plusieurs morts dans la fuite de gaz", "gas"),
    ],
)
def test_the_claim_comes_first(index, text, group):
    assert index.nearest(text, 3)[0].group == group


@pytest.mark.parametrize("text", ["", "   ", "!?", "❤️", "https://exemple.test/"])
def test_nothing_is_like_nothing(index, text):
    assert index.nearest(text, 5) == []


def test_a_text_is_most_like_itself(index):
    for group, text in CLAIMS.items():
        best = index.nearest(text, 1)[0]
        assert (best.group, best.text) == (group, text)
        assert best.similarity == pytest.approx(1)


def test_a_new_wording_counts_at_once_and_is_gone_when_it_is_taken_away(index):
    said = "la passerelle a disparu sous les flots"
    assert index.nearest(said, 1) == [] or index.nearest(said, 1)[0].similarity < 0.3
    index.replace("bridge", [CLAIMS["bridge"], "passerelle disparue, des flots partout"])
    assert index.nearest(said, 1)[0].group == "bridge"
    index.remove("bridge")
    assert "bridge" not in [match.group for match in index.nearest(said, 5)]
    assert len(index) == len(CLAIMS) - 1


def test_a_group_is_suggested_once_with_its_best_wording(index):
    index.add("bridge", "Le pont de la Lise est coupé à la circulation")
    found = index.nearest("pont de la Lise emporté", 5)
    assert [match.group for match in found].count("bridge") == 1
    assert found[0].text == CLAIMS["bridge"]


def test_a_word_that_everybody_uses_neither_hides_the_claim_nor_costs_more():
    index = Index()
    index.add("old", "Le pont de la Lise a été emporté")
    for number in range(STEM_BUDGET + COMPARED_CLOSELY):
        index.add(str(number), f"le pont numero {number}")
    assert index.nearest("pont de la Lise emporté", 1)[0].group == "old"
    assert len(index.nearest("pont", 5)) == 5


def test_a_copy_of_the_index_gives_the_same_answers(index):
    other = Index()
    for group, text in CLAIMS.items():
        other.add(group, text)
    said = "le pont et le barrage ont cédé, l'eau est partout"
    assert index.nearest(said, 5) == other.nearest(said, 5)


def test_texts_of_every_kind_do_no_harm(index):
    for said in ('" OR 1=1 --', "pont AND barrage", "l'eau*", "\x00\x01", "a" * 100_000, "é" * 5000, "pont " * 3000):
        assert len(index.nearest(said, 5)) <= 5
