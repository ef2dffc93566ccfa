"""What breaks each rule on contents, length, characters, blanks and life, and what comes close and keeps it."""

from __future__ import annotations

from typing import Any

from tests.message_maps.samples import text

SMS = text("act.first", "sms", "fr")
SMS_EN = text("act.first", "sms", "en")
X = text("act.first", "x", "fr")
VOICE = text("act.first", "voice", "fr")
SIMPLE = text("act.first", "simplified", "fr")
LONG = text("act.first", "long", "fr")
HEADLINE = text("act.first", "cap", "fr", "headline")
DESCRIPTION = text("act.first", "cap", "fr", "description")
INSTRUCTION = text("act.first", "cap", "fr", "instruction")
PAGE = text("act.first", "led", "fr", "page1")
UPDATE = text("act.update", "x", "fr")
CORRECTION = text("act.correction", "x", "fr")
ALL_CLEAR = text("act.all_clear", "x", "fr")

S, H, I, L, T = "[S]Mairie. ", "[H]CRUE. ", "[I]L'eau emporte. ", "[L]{zones}. ", "[T]Jusqu'à {fin}. "  # noqa: E741
G, N, U = "[G]MONTEZ À L'ÉTAGE. ", "[N]Point à {prochain}. ", "[U]{url}"
ALL = S + H + I + L + T + G + N + U

ENDED = {
    "msg_type": "Update",
    "urgency": "Past",
    "severity": "Minor",
    "certainty": "Observed",
    "response": ["AllClear"],
}

# rule, what breaks it, what comes close and keeps it
CASES: list[tuple[str, dict[Any, Any], dict[Any, Any]]] = [
    ("CMP-01", {SMS: ALL.replace(S, "")}, {SMS: ALL}),
    ("CMP-01", {SMS: ALL.replace(S, "[S] : ")}, {PAGE: "[H]CRUE"}),
    ("CMP-02", {SMS: ALL.replace(H, "")}, {SMS: ALL.replace(H, "[H]Inondations. ")}),
    ("CMP-02", {SMS: ALL.replace(H, "[H]L'eau monte. ")}, {SMS: ALL.replace(H, "[H]crues. ")}),
    ("CMP-02", {SMS: ALL.replace(H, "[H]Écrue. ")}, {CORRECTION: "[K]CORRECTION {heure}. [S]Mairie. [G]Restez. "}),
    ("CMP-03", {SMS: ALL.replace(I, "")}, {SMS: ALL.replace(I, ""), ("levels", "act", "rank"): 1}),
    ("CMP-04", {SMS: ALL.replace(L, "")}, {text("act.cancel", "x", "fr"): ALL.replace(L, "")}),
    ("CMP-04", {SMS: ALL.replace(L, "[L]Au nord. ")}, {SMS: ALL.replace(L, "[L]{commune}. ")}),
    ("CMP-05", {SMS: ALL.replace(T, "")}, {ALL_CLEAR: ALL.replace(T, "")}),
    ("CMP-05", {SMS: ALL.replace(T, "[T]Danger. ")}, {SMS: ALL.replace(T, "[T]Maintenant. ")}),
    (
        "CMP-05",
        {PAGE: "[H]CRUE", text("act.first", "led", "fr", "page4"): "[H]CRUE"},
        {PAGE: "[H]CRUE", text("act.first", "led", "fr", "page4"): "[N]INFO À {prochain}"},
    ),
    ("CMP-06", {SMS: ALL.replace(G, "")}, {SMS: ALL.replace(G, "[G]Ne roulez pas. ")}),
    ("CMP-06", {SMS: ALL.replace(G, "[G]Danger pour vous chez vous. ")}, {SMS: ALL.replace(G, "[G]Rien à faire. ")}),
    ("CMP-06", {SMS_EN: ALL.replace(G, "[G]The danger is great. ")}, {SMS_EN: ALL.replace(G, "[G]Do not drive. ")}),
    ("CMP-07", {SMS: ALL.replace(T, "[T]Maintenant. ").replace(N, "")}, {SMS: ALL.replace(N, "")}),
    (
        "CMP-07",
        {SMS: ALL.replace(T, "[T]Jusqu'à nouvel avis. ").replace(N, "")},
        {SMS: ALL.replace(T, "[T]Jusqu'à nouvel avis. ")},
    ),
    ("CMP-08", {SMS: ALL + "[U]{url}"}, {SMS: ALL}),
    ("CMP-08", {SMS: ALL + " https://rivemont.example/b"}, {SMS: ALL.replace(U, "[U]https://rivemont.example/b")}),
    ("CMP-08", {SMS: ALL.replace(U, "[U]http://rivemont.example/b")}, {SMS: ALL.replace(U, "[U]114")}),
    ("CMP-08", {SMS: ALL.replace(U, "[U]https://example.com/b")}, {SMS: ALL.replace(U, "")}),
    ("CMP-08", {SMS: ALL.replace(U, "[U]https://\\[half")}, {SMS: ALL.replace(U, "[U]la page \\[1]")}),
    ("CMP-09", {SMS: S + H + I + L + T + U + " " + G + N}, {SMS: ALL}),
    ("CMP-10", {("messages", "act.first", "actions"): []}, {("messages", "act.cancel", "actions"): []}),
    ("CMP-10", {("facts", "B1", "source"): ""}, {("facts", "B1", "source"): "S1"}),
    (
        "CMP-11",
        {SMS: ALL.replace(G, "[G]Montez. Fermez tout. Écoutez la radio. Restez là. ")},
        {LONG: ALL.replace(G, "[G]Montez. Fermez tout. Écoutez la radio. Restez là. ")},
    ),
    (
        "CMP-12",
        {LONG: ALL.replace(G, "[G]Fermez la porte. Montez à l'étage. Ne roulez pas. ")},
        {LONG: ALL.replace(G, "[G]Montez à l'étage. Fermez la porte. Appelez le 112 si besoin. ")},
    ),
    (
        "CMP-13",
        {SMS: ALL.replace(G, "[G]Confinez-vous. ")},
        {SMS: ALL.replace(G, "[G]Confinement : entrez dans un bâtiment. Fermez tout. ")},
    ),
    ("CMP-13", {SMS_EN: ALL.replace(G, "[G]Shelter in place. ")}, {SMS_EN: ALL.replace(G, "[G]Go indoors. ")}),
    ("LEN-01", {X: ALL + "x" * 140}, {X: ALL}),
    ("LEN-01", {HEADLINE: "[H]CRUE " + "x" * 71 + "[L]{zones}"}, {HEADLINE: "[H]CRUE " + "x" * 70 + "[L]{zones}"}),
    ("LEN-02", {SMS: ALL + "x" * 200}, {SMS: ALL + "À" * 100}),
    ("LEN-02", {SMS: ALL + "Ж" * 10}, {SMS: ALL + "ê" * 10}),
    ("LEN-03", {X: S + H + G}, {X: ALL}),
    ("LEN-04", {HEADLINE: "[H]CRUE " + "x " * 27 + "[L]{zones}"}, {HEADLINE: "[H]CRUE " + "x " * 20 + "[L]{zones}"}),
    ("LEN-04", {VOICE: ALL + "a " * 28}, {VOICE: ALL + "a " * 15 + ". " + "a " * 15}),
    ("LEN-05", {VOICE: ALL + "a. " * 60}, {VOICE: ALL + "a. " * 40}),
    ("LEN-05", {VOICE: S + "a. " * 25 + H + I + L + T + G + N}, {VOICE: S + "a. " * 20 + H + I + L + T + G + N}),
    ("LEN-06", {PAGE: "[H]CRUE A B C D E F G"}, {PAGE: "[H]CRUE A B C D E F !"}),
    ("LEN-06", {PAGE: "[H]CRUE [L]A [T]B [G]C"}, {PAGE: "[H]CRUE [L]A [G]C"}),
    ("LEN-06", {PAGE: "[H]CRUE DANS LES SECTEURS {zones}"}, {PAGE: "[H]{zones}"}),
    ("CHR-01", {SMS: ALL + "Ж"}, {SMS: ALL + "ê œ ç « » \u2013"}),
    ("CHR-02", {SMS: ALL + "l’eau"}, {LONG: ALL + "l’eau"}),  # noqa: RUF001
    ("CHR-02", {X: ALL + "\u202f!"}, {X: ALL + " !"}),
    ("CHR-02", {LONG: ALL + "\u202e"}, {LONG: ALL + "…"}),
    ("CHR-02", {DESCRIPTION: S + "\u200b"}, {DESCRIPTION: S}),
    ("CHR-03", {SMS: ALL + "🌊"}, {X: ALL + "🌊 vague"}),
    ("CHR-03", {X: ALL.replace(H, "[H]🌊 ")}, {X: ALL.replace(H, "[H]🌊 CRUE. ")}),
    ("CHR-03", {LONG: ALL + "e\u0301"}, {LONG: ALL + "é"}),
    ("CHR-04", {DESCRIPTION: S + "<b>Attention</b>"}, {DESCRIPTION: S + "température < 3 degrés"}),
    ("CHR-04", {DESCRIPTION: S + "eau &amp; boue"}, {DESCRIPTION: S + "eau & boue"}),
    ("CHR-05", {SMS: ALL + "À 18 h 30."}, {SMS: ALL + "À 18h30."}),
    ("PHD-01", {SMS: ALL + "{inconnu}"}, {SMS: ALL + "{juste}"}),
    (
        "PHD-01",
        {("placeholders", "url", "name"): "lien"},
        {("placeholders", "riviere", "hint"): {"fr": "Avec l'article", "en": "With its article"}},
    ),
    (
        "PHD-01",
        {("placeholders", "zones", "example"): {"fr": "Bas-Bourg"}},
        {("placeholders", "zones", "example"): {"fr": "Bas-Bourg", "en": "Bas-Bourg"}},
    ),
    ("PHD-02", {SMS: ALL + "XXX"}, {SMS: ALL + "XX"}),
    ("PHD-02", {LONG: ALL + "[...]"}, {LONG: ALL + "..."}),
    ("PHD-02", {LONG: ALL + "deux  espaces"}, {LONG: ALL + "un espace"}),
    (
        "PHD-03",
        {("placeholders", "fin", "example"): {"fr": "tard", "en": "18:30"}},
        {("placeholders", "fin", "example"): {"fr": "18:30", "en": "18h30"}},
    ),
    (
        "PHD-03",
        {("placeholders", "erreur", "example"): {"fr": "x" * 25, "en": "x"}},
        {("placeholders", "erreur", "example"): {"fr": "x" * 24, "en": "x"}},
    ),
    ("PHD-03", {("placeholders", "commune", "max"): 23}, {("placeholders", "commune", "max"): 30}),
    ("PHD-03", {("placeholders", "erreur", "default"): "@maire"}, {("placeholders", "erreur", "default"): "la rue"}),
    ("PHD-04", {("placeholders", "zones", "default"): "Bourg"}, {("placeholders", "erreur", "default"): "la rue"}),
    ("PHD-05", {SMS: ALL + "Crue de {riviere}"}, {SMS: ALL + "Crue : {riviere}"}),
    ("PHD-05", {SMS: ALL + "au bord de {riviere}"}, {SMS: ALL + "Mairie de {commune}"}),
    (
        "LIF-01",
        {("messages", "act.first", "followups"): {"update": "act.update"}},
        {("messages", "act.all_clear", "followups"): {}},
    ),
    (
        "LIF-01",
        {("messages", "act.first", "followups", "cancel"): "act.all_clear"},
        {("messages", "act.first", "followups", "escalate"): "evacuate.first"},
    ),
    (
        "LIF-01",
        {("messages", "act.first", "followups", "cancel"): "nowhere"},
        {("messages", "act.first", "followups", "cancel"): "act.cancel"},
    ),
    ("LIF-01", {("messages", "evacuate.first", "followups", "escalate"): "act.first"}, {}),
    ("LIF-01", {("messages", "act.cancel", "followups"): {"update": "act.update"}}, {}),
    ("LIF-02", {UPDATE: ALL}, {UPDATE: "[K]POINT {heure}. " + ALL}),
    ("LIF-02", {UPDATE: "[K]POINT. " + ALL}, {UPDATE: "[K]POINT, [T]à {heure}. " + ALL}),
    (
        "LIF-03",
        {CORRECTION: "[K]CORRECTION {heure}. " + ALL},
        {CORRECTION: "[K]CORRECTION {heure}. " + ALL.replace(L, "[L]{juste}, et non {erreur}. ")},
    ),
    (
        "LIF-03",
        {CORRECTION: "[K]CORRECTION {heure}. [L]{juste}, et non {erreur}. "},
        {CORRECTION: "[K]CORRECTION {heure}. [L]{juste}, et non {erreur}. [G]Restez à l'étage. "},
    ),
    ("LIF-03", {text("act.correction", "led", "fr", "page2"): "[L]{commune}"}, {}),
    (
        "LVL-01",
        {("messages", "act.update", "cap_override"): ENDED},
        {("messages", "act.all_clear", "cap_override"): ENDED},
    ),
    ("LVL-02", {("levels", "act", "certainty"): "Possible"}, {("levels", "act", "certainty"): "Observed"}),
    (
        "LVL-02",
        {("levels", "act", "severity"): "Moderate"},
        {("levels", "act", "severity"): "Moderate", ("levels", "act", "eu_alert"): 3},
    ),
    (
        "LVL-03",
        {("title",): {"fr": "Alerte enlèvement", "en": "Missing child"}},
        {("title",): {"fr": "Crue", "en": "Flood"}},
    ),
    ("LVL-04", {SMS: "[S]EXERCICE " + ALL}, {SMS_EN: "[S]EXERCICE " + ALL}),
    ("I18N-01", {SMS_EN: ALL.replace(I, "")}, {}),
    (
        "I18N-01",
        {LONG: ALL + "30 cm", text("act.first", "long", "en"): ALL + "40 cm"},
        {LONG: ALL + "1,5 m", text("act.first", "long", "en"): ALL + "1.5 m"},
    ),
    (
        "I18N-01",
        {LONG: ALL + "{heure}", text("act.first", "long", "en"): ALL},
        {LONG: ALL + "{heure}", text("act.first", "long", "en"): ALL + "{heure}"},
    ),
    ("I18N-02", {SMS: ALL, SMS_EN: ALL}, {SMS: ALL, SMS_EN: ALL + "x"}),
]
