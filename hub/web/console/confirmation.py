"""The confirmation page: each channel's text exactly as it will leave, the area, the end, and what must be typed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template

from hub.alerts.drafts import Draft
from hub.alerts.service import Preview
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.web.console import tokens
from hub.web.console.picture import of_area
from hub.web.language import current
from hub.web.parts import parts

# What must be typed, by language: never the same word for an exercise and for the real thing (Hawaii 2018).
REAL_WORDS = {"fr": "ALERTE", "en": "ALERT"}
EXERCISE_WORDS = {"fr": "EXERCICE", "en": "EXERCISE"}


def confirm_page(
    preview: Preview, faults: Sequence[Fault] = (), renewed: Phrase | None = None, *, planned: bool = False
) -> str:
    """The page for a preview. ``renewed`` says why it is shown once more, ``planned`` that it is for a later moment."""
    draft = preview.draft
    return render_template(
        "console/confirm.html",
        exercise=draft.exercise,
        situation=preview.content.situation,
        message=preview.content.message,
        carried=preview.carried,
        left_out=[(label_of(channel_id), reason) for channel_id, reason in preview.left_out],
        area=preview.area,
        picture=of_area(preview.area, parts().settings.territory),
        expires=preview.content.expires,
        findings=preview.findings,
        notes=preview.notes,
        destinations=sum(each.destinations for each in preview.carried),
        token=tokens.sign(draft, preview.digest, planned=planned),
        at=draft.sent if planned else None,
        word=word(draft),
        faults=faults,
        renewed=renewed,
    )


def word(draft: Draft) -> str:
    """What the officer types before a first alert. A follow-up asks for none: taking an error back must be quick."""
    if draft.follows:
        return ""
    return (EXERCISE_WORDS if draft.exercise else REAL_WORDS)[current()]


def label_of(channel_id: str) -> str:
    """A channel's name, or its id once it is no longer configured."""
    channel = parts().channels.get(channel_id)
    return channel.label if channel else channel_id
