"""What a check stands on: sources that were asked, documents and our copies of them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.http import GuardedClient
from hub.kernel.phrase import Phrase
from hub.rumours import archive, grounds, queries
from hub.rumours.archive import LARGEST_FILE
from hub.rumours.grounds import MEANS, ConfirmationDraft, EvidenceDraft, Ground
from hub.rumours.models import Evidence
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.sheet import ADDRESS, sheet_of
from hub.web.console.rumours.typed import Shown
from hub.web.parts import parts
from hub.web.security import REQUEST_BYTES, accepts_bytes, access, current_officer

_YES_NO: Mapping[str, bool] = {"yes": True, "no": False}


@blueprint.get(ADDRESS + "/grounds")
@access("rumour.contribute")
def rumour_grounds(rumour_id: str) -> ResponseReturnValue:
    """What there is, and the two forms."""
    return _page(rumour_id, None)


@blueprint.post(ADDRESS + "/grounds/confirmation")
@access("rumour.contribute")
def add_confirmation(rumour_id: str) -> ResponseReturnValue:
    """A named source was asked."""
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: grounds.confirm(parts().rumours, typed.ref(rumour_id), _confirmation(), actor=current_officer().actor),
        url_for("console.rumour_grounds", rumour_id=rumour_id),
        Phrase("The confirmation is recorded."),
    )


@blueprint.post(ADDRESS + "/grounds/evidence")
@access("rumour.contribute")
@accepts_bytes(LARGEST_FILE + REQUEST_BYTES)
def add_evidence(rumour_id: str) -> ResponseReturnValue:
    """A document, with our copy of it: a file that was brought, or the page fetched now."""
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: grounds.add_evidence(parts().rumours, typed.ref(rumour_id), _evidence(), actor=current_officer().actor),
        url_for("console.rumour_grounds", rumour_id=rumour_id),
        Phrase("The evidence is kept, with a copy."),
    )


@blueprint.post(ADDRESS + "/grounds/<kind>/<int(max=2147483647):row_id>/remove")
@access("rumour.work")
def remove_ground(rumour_id: str, kind: str, row_id: int) -> ResponseReturnValue:
    """Takes back what was recorded by mistake."""
    if kind not in set(Ground):
        raise NotFound(Phrase("This rumour has no such ground."))
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: grounds.remove(
            parts().rumours, typed.ref(rumour_id), Ground(kind), row_id, actor=current_officer().actor
        ),
        url_for("console.rumour_grounds", rumour_id=rumour_id),
        Phrase("Taken back. The log keeps what it was."),
    )


@blueprint.get(ADDRESS + "/evidence/<int(max=2147483647):row_id>")
@access("rumour.read")
def evidence_copy(rumour_id: str, row_id: int) -> Response:
    """Our copy, to be saved: a page of somebody else is never shown as one of ours."""
    row = reading().get(Evidence, row_id)
    path = archive.path_of(parts().settings.data.directory, row.archive) if row and row.rumour_id == rumour_id else None
    if path is None or row is None:
        raise NotFound(Phrase("There is no copy of this."))
    copy = Response(path.read_bytes(), mimetype="application/octet-stream")
    copy.headers["Content-Disposition"] = f"attachment; filename={row.archive_sha256}{_ending(row.archive_type)}"
    return copy


def _ending(media_type: str) -> str:
    kind = media_type.partition(";")[0].strip().lower()
    known = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/html": ".html"}
    return known.get(kind, ".txt" if kind.startswith("text/") else ".bin")


def _confirmation() -> ConfirmationDraft:
    form = request.form
    return ConfirmationDraft(
        source_name=form.get("source_name", ""),
        organisation=form.get("organisation", ""),
        means=form.get("means", ""),
        at=typed.moment("at"),
        supports=_YES_NO.get(form.get("supports", "")),
        statement=form.get("statement", ""),
        public=bool(form.get("public")),
    )


def _evidence() -> EvidenceDraft:
    form, file = request.form, request.files.get("file")
    address, copy = form.get("address", "").strip(), None
    if file is not None and file.filename:
        copy = archive.uploaded(file.read())
    elif address:
        # Outside of any transaction: the far side may take its time.
        copy = archive.fetched(GuardedClient(parts().settings.http.allowed_networks), address)
    return EvidenceDraft(
        title=form.get("title", ""),
        publisher=form.get("publisher", ""),
        address=address,
        public=bool(form.get("evidence_public")),
        copy=copy,
    )


def _page(rumour_id: str, shown: Shown | None) -> str:
    session = reading()
    sheet = sheet_of(rumour_id)
    # To name a source in public takes its consent: that is ticked by whoever asked for it.
    fresh = typed.stored({"evidence_public": "yes"})
    return render_template(
        "console/rumours/grounds.html",
        sheet=sheet,
        rumour=sheet.rumour,
        shown=shown or Shown(fresh),
        confirmations=queries.confirmations(session, rumour_id),
        evidence=queries.evidence(session, rumour_id),
        means=MEANS,
        states=words.WORKFLOWS,
        most_megabytes=LARGEST_FILE // (1024 * 1024),
    )
