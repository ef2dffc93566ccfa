"""A whole answer to a rumour about a bridge, for the tests that change one thing of it."""

from __future__ import annotations

from hub.rumours.answer import Answer

BLANKS = {
    "fait.fr": "Le pont de la Lise tient",
    "fait.en": "The Lise bridge stands",
    "mythe.fr": "le pont est emporté",
    "mythe.en": "the bridge is gone",
    "raison.fr": "La photo date de 2016",
    "raison.en": "The photo is from 2016",
    "preuve.fr": "Contrôle des pompiers à 17h20",
    "preuve.en": "Fire service check at 17:20",
}
ANSWER = Answer(
    claim_reviewed={"fr": "Le pont de la Lise est emporté", "en": "The bridge over the Lise is gone"},
    fact={"fr": "Le pont de la Lise tient et reste ouvert.", "en": "The bridge over the Lise stands and is open."},
    warning={"fr": "Une fausse information circule.", "en": "False information is going round."},
    myth={"fr": "Le pont serait parti avec la crue.", "en": "The flood is said to have taken the bridge."},
    why={
        "fr": "La photo montre un autre pont, en 2016. La couleur de l'eau a trompé.",
        "en": "The photo shows another bridge in 2016. The colour of the water misled people.",
    },
    closing={"fr": "Le pont de la Lise est ouvert à tous.", "en": "The Lise bridge is open to all."},
    guidance={"fr": "Ne vous arrêtez pas sur le pont.", "en": "Do not stop on the bridge."},
    pattern="answer.false",
    blanks=BLANKS,
    channels=("essai",),
)
