import pytest

from hub.rumours.matching.words import cleaned, fingerprint, grams, shared, stems


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Le PONT est emporté !", "le pont est emporte"),
        ("L'eau de l\u2019école n'est pas potable", "eau de ecole n est pas potable"),
        ("voir https://exemple.test/a?b=c #crue @mairie www.x.test", "voir crue mairie"),
        ("Cœur de ville ❤️‍🔥 inondé", "coeur de ville inonde"),
        ("\u202eembrouille\u200b zéro\u00a0largeur", "embrouille zero largeur"),
        ("", ""),
        ("❤️", ""),
    ],
)
def test_what_is_left_of_a_text(text, clean):
    assert cleaned(text) == clean


def test_copies_have_one_fingerprint_and_others_another():
    one = fingerprint("Le pont est EMPORTÉ ! https://t.example/x")
    assert one == fingerprint("le pont est emporte")
    assert one != fingerprint("le pont n'est pas emporté")


def test_stems_leave_out_what_every_sentence_holds():
    assert stems(cleaned("Les habitants seraient évacués dans la nuit")) == stems(
        cleaned("habitant serait évacué, nuit")
    )


def test_words_are_joined_by_one_letter_of_space():
    assert grams("la crue") == [" la ", "la c", "a cr", " cru", "crue", "rue "]


def test_the_shared_words_are_shown_as_they_were_written():
    assert shared("On dit que le Pont des Arts serait Emporté, le pont !", "pont emporté") == ["Pont", "Emporté"]
