"""What breaks each rule on order, style, access, rumours, CAP and the whole map, and what comes close and keeps it."""

from __future__ import annotations

from typing import Any

from tests.message_maps.lint.cases_contents import (
    ALL,
    ALL_CLEAR,
    DESCRIPTION,
    ENDED,
    HEADLINE,
    INSTRUCTION,
    LONG,
    PAGE,
    SIMPLE,
    SMS,
    UPDATE,
    VOICE,
    G,
    H,
    I,
    L,
    N,
    S,
    T,
    U,
    X,
)
from tests.message_maps.samples import text

LONG_EN = text("act.first", "long", "en")


def long_end(said: str) -> dict[Any, Any]:
    """The all-clear with a long text of its own."""
    texts = {"fr": {"text": said}, "en": {"text": said}}
    end = ("messages", "act.all_clear")
    return {(*end, "same_as", "long"): None, (*end, "variants", "long"): texts}


MANY_WORDS = "a b c d e f g h i j k l"
KIND = ("messages", "act.update", "kind")
FACT, WARN, MYTH, WHY = (
    "[F]L'eau est bonne. ",
    "[W]Attention. ",
    "[M]L'eau serait bleue. ",
    "[Y]Nos analyses de ce matin le montrent. ",
)
BUSTED = "[S]Mairie. " + FACT + WARN + MYTH + WHY + FACT + G


def debunk(said: str) -> dict[Any, Any]:
    """The update turned into a debunk that says this on X."""
    forms = {("messages", "act.update", "variants", form): None for form in ("led", "cap", "simplified", "voice")}
    return {KIND: "debunk", UPDATE: said, text("act.update", "x", "en"): said, **forms}


# rule, what breaks it, what comes close and keeps it
CASES: list[tuple[str, dict[Any, Any], dict[Any, Any]]] = [
    ("ORD-01", {SMS: S + U + H + I + L + T + G + N}, {SMS: S + H + L + G + T + N + U}),
    ("ORD-01", {SMS: S + G + H + I + L + T + N + U}, {SMS: S + H + I + G + L + T + N + U}),
    ("ORD-01", {PAGE: "[G]MONTEZ [H]CRUE"}, {PAGE: "[L]{zones} [H]CRUE"}),
    ("ORD-01", {HEADLINE: "[G]Montez : [H]CRUE"}, {HEADLINE: "[H]CRUE [L]{zones} [G]Montez"}),
    ("ORD-02", {SMS: H + S + I + L + T + G + N + U}, {SMS: ALL}),
    ("ORD-02", {UPDATE: "[K]POINT {heure}. " + H + S + L + T + G}, {UPDATE: "[K]POINT {heure}. " + S + H + L + T + G}),
    ("STY-01", {LONG: ALL + "TOUT CE TEXTE EST EN CAPITALES ET PERSONNE NE LE LIT."}, {LONG: ALL}),
    (
        "STY-01",
        {LONG: ALL + "[I]LA RIVIERE EMPORTE TOUT. " + "mot " * 90},
        {LONG: ALL + "[K]POINT DE LA MAIRIE ICI. " + "mot " * 90},
    ),
    ("STY-02", {SMS: ALL.replace(H, "[H]Crue. ")}, {SMS: ALL}),
    ("STY-03", {SMS: ALL.replace(S, "[S]PCS de {commune}. ")}, {SMS: ALL.replace(S, "[S]Mairie de {commune}. ")}),
    ("STY-03", {LONG: ALL + "Le dicrim le dit."}, {LONG: ALL + "La brochure le dit."}),
    ("STY-03", {LONG_EN: ALL + "Stay in the vicinity."}, {LONG_EN: ALL + "Stay near."}),
    ("STY-04", {LONG: ALL.replace(G, G + "Les caves sont noires. ")}, {LONG: ALL.replace(G, G + "Ne descendez pas. ")}),
    ("STY-05", {LONG: ALL + "mot " * 21}, {LONG: ALL + "mot " * 20}),
    ("STY-05", {SIMPLE: ALL + MANY_WORDS + " m"}, {SIMPLE: ALL + MANY_WORDS}),
    ("STY-06", {SMS: ALL.replace(H, "[H]INONDATION. ")}, {SMS: ALL.replace(H, "[H]Crues. ")}),
    ("STY-07", {LONG: ALL + "Il semblerait que la digue tienne."}, {LONG: ALL + "La digue tient."}),
    ("STY-07", {LONG: ALL + "Il n'y a aucun risque."}, {LONG: ALL + "Le risque est grand."}),
    (
        "STY-08",
        {("levels", "act", "certainty"): "Possible", LONG: ALL},
        {("levels", "act", "certainty"): "Possible", LONG: ALL + "La rivière pourrait monter."},
    ),
    ("STY-09", {LONG: "[S]" + "vraisemblablement " * 14 + ". " + ALL}, {LONG: ALL}),
    (
        "STY-09",
        {LONG_EN: "[S]" + "unavoidable inundation " * 9 + ". " + ALL},
        {LONG_EN: "[S]The water is high. It will rise. [G]Go up."},
    ),
    ("STY-10", {SMS: ALL.replace(S, "[S]Mairie de Rivemont. ")}, {SMS: ALL.replace(S, "[S]Mairie de {commune}. ")}),
    ("STY-11", {LONG: ALL + "Tel. 0235000000."}, {LONG: ALL + "Tel. 02 35 00 00 00."}),
    ("STY-11", {LONG: ALL + "Appelez le 112."}, {LONG: ALL + "En danger, appelez le 112."}),
    (
        "STY-12",
        {LONG: ALL.replace(G, "[G]La porte est fermée par vous. ")},
        {LONG: ALL.replace(G, "[G]Fermez la porte. ")},
    ),
    (
        "STY-12",
        {LONG_EN: ALL.replace(G, "[G]Do not go without a coat. ")},
        {LONG_EN: ALL.replace(G, "[G]Take a coat. ")},
    ),
    (
        "CAP-02",
        {DESCRIPTION: S, HEADLINE: H, INSTRUCTION: G}
        | {
            text("act.first", "cap", "en", part): what
            for part, what in (("headline", H), ("description", S), ("instruction", G))
        },
        {DESCRIPTION: S},
    ),
    ("CAP-07", {HEADLINE: "[H]CRUE"}, {HEADLINE: "[H]CRUE. [G]Montez."}),
    ("CAP-07", {DESCRIPTION: S + G, INSTRUCTION: S + G}, {DESCRIPTION: S + G, INSTRUCTION: G}),
    ("CAP-08", {("category",): ["Security"]}, {("category",): ["Security", "Met"]}),
    ("CAP-09", {("levels", "act", "urgency"): "Unknown"}, {("levels", "act", "urgency"): "Expected"}),
    (
        "CAP-12",
        {("messages", "act.all_clear", "cap_override"): ENDED | {"urgency": "Future"}},
        {("messages", "act.all_clear", "cap_override"): ENDED},
    ),
    (
        "LIF-06",
        {ALL_CLEAR: "[K]POINT {heure}. " + ALL},
        {ALL_CLEAR: "[K]FIN {heure}. " + ALL + "[G]Vous pouvez sortir. Méfiez-vous de la boue."},
    ),
    (
        "LIF-06",
        long_end("[K]FIN {heure}. " + ALL),
        long_end("[K]FIN {heure}. The danger is over. You can go home. " + ALL + "[G]Vous pouvez rentrer. Take care."),
    ),
    ("DBK-01", debunk(BUSTED.replace(WARN, "")), debunk(BUSTED)),
    ("DBK-02", debunk(BUSTED + WARN + MYTH), debunk(BUSTED)),
    ("DBK-02", debunk(BUSTED.replace(MYTH, "[M]L'eau est-elle bleue ? ")), debunk(BUSTED)),
    ("DBK-02", debunk("[S]Mairie. " + MYTH + WHY), debunk("[S]Mairie. " + WARN + MYTH + WHY)),
    ("DBK-03", debunk(BUSTED.replace(FACT + G, "[F]Tout va bien. ")), debunk(BUSTED)),
    ("DBK-04", debunk(BUSTED.replace(WHY, "[Y]C'est faux. ")), debunk(BUSTED.replace(WHY, "[Y]{juste}"))),
    ("DBK-06", debunk(BUSTED.replace(WHY, "[Y]" + "mot " * 9)), debunk(BUSTED.replace(WHY, "[Y]" + "mot " * 6))),
    ("DBK-07", debunk(BUSTED + "Vu chez @jean."), debunk(BUSTED + "Vu le 3.")),
    ("DBK-09", debunk(BUSTED.replace(G, "")), debunk(BUSTED)),
    (
        "ACC-02",
        {("levels", "evacuate", "label"): {"fr": "agissez", "en": "Evacuate"}},
        {("levels", "evacuate", "label"): {"fr": "Partez", "en": "Evacuate"}},
    ),
    ("ACC-03", {LONG: ALL + "En danger, appelez le 112."}, {LONG: ALL + "En danger, appelez le 112 ou le 114."}),
    ("ACC-04", {X: ALL + "#a #b #c"}, {X: ALL + "#a #b"}),
    ("ACC-04", {X: ALL + "#cruederivemont"}, {X: ALL + "#CrueDeRivemont"}),
    ("ACC-04", {X: "[S]#CrueRivemont mairie. " + ALL}, {X: ALL + "#CrueRivemont"}),
    ("ACC-05", {SIMPLE: ALL + "Texte en FALC."}, {SIMPLE: ALL + "Texte court."}),
    ("ACC-05", {SIMPLE: ALL + "Texte facile à lire."}, {SIMPLE: ALL + "C'est facile."}),
    ("ACC-05", {text("act.first", "simplified", "en"): ALL + "Easy read."}, {SIMPLE: ALL}),
    ("ACC-06", {VOICE: ALL}, {VOICE: ALL.replace(U, "")}),
    (
        "LIF-01",
        {("messages", "evacuate.first", "followups", "de_escalate"): "act.first"},
        {},
    ),
    ("MAP-02", {("messages", "act.all_clear", "phase"): "during"}, {("messages", "act.cancel", "phase"): "before"}),
    ("MAP-03", {("oet",): []}, {("oet",): ["OET-081"]}),
    ("MAP-03", {("category",): []}, {("category",): ["Met"]}),
    ("MAP-06", {("messages", "act.cancel", "kind"): "update"}, {("messages", "act.first", "phase"): "before"}),
    (
        "MAP-06",
        {("messages", "act.first", "followups", "escalate"): None},
        {("messages", "evacuate.first", "kind"): "prevention"},
    ),
    ("MAP-07", {("messages", "act.first", "variants", "voice"): None}, {}),
    (
        "MAP-07",
        {KIND: "debunk"},
        {
            KIND: "debunk",
            ("messages", "act.update", "variants", "led"): None,
            ("messages", "act.update", "variants", "cap"): None,
        },
    ),
    ("MAP-08", {("messages", "act.first", "draft"): True}, {("messages", "act.first", "draft"): False}),
]
