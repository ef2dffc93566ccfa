"""What a check stands on: sources that were asked, documents and our copies of them, or why there is none yet."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.http import GuardedClient
from hub.kernel.phrase import Phrase
from hub.rumours import archive, evidence, grounds, queries
from hub.rumours.archive import LARGEST_FILE, Copy, NoCopy
from hub.rumours.evidence import EvidenceDraft
from hub.rumours.grounds import MEANS, ConfirmationDraft, Ground
from hub.rumours.models import Evidence
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.sheet import ADDRESS, sheet_of
from hub.web.console.rumours.typed import Shown
from hub.web.language import say
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
        lambda: _tell(_add(rumour_id)),
        url_for("console.rumour_grounds", rumour_id=rumour_id),
    )


@blueprint.post(ADDRESS + "/evidence/<int(max=2147483647):row_id>/copy")
@access("rumour.contribute")
@accepts_bytes(LARGEST_FILE + REQUEST_BYTES)
def add_copy(rumour_id: str, row_id: int) -> ResponseReturnValue:
    """A copy of what had none: a file that is brought, or the page fetched once more."""
    return typed.attempt(
        lambda shown: _page(rumour_id, shown, row_id),
        lambda: _tell(_add_copy(rumour_id, row_id)),
        url_for("console.rumour_grounds", rumour_id=rumour_id),
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


def _add(rumour_id: str) -> Copy | NoCopy | None:
    form = request.form
    address = form.get("address", "").strip()
    copy = _brought() or (_fetched(address) if address else None)
    draft = EvidenceDraft(
        title=form.get("title", ""),
        publisher=form.get("publisher", ""),
        address=address,
        public=bool(form.get("evidence_public")),
        copy=copy,
    )
    evidence.add_evidence(parts().rumours, typed.ref(rumour_id), draft, actor=current_officer().actor)
    return copy


def _add_copy(rumour_id: str, row_id: int) -> Copy | NoCopy:
    row = reading().get(Evidence, row_id)
    if row is None or row.rumour_id != rumour_id:
        raise NotFound(Phrase("This rumour has no such ground."))
    copy = _fetched(row.address) if request.form.get("again") else _brought()
    if copy is None:
        raise InvalidInput([Fault("file", Phrase("Choose a file first."))])
    evidence.add_copy(parts().rumours, typed.ref(rumour_id), row_id, copy, actor=current_officer().actor)
    return copy


def _brought() -> Copy | None:
    file = request.files.get("file")
    return archive.uploaded(file.read()) if file is not None and file.filename else None


def _fetched(address: str) -> Copy | NoCopy:
    # Outside of any transaction: the far side may take its time.
    return archive.fetched(GuardedClient(parts().settings.http.allowed_networks), address)


def _tell(copy: Copy | NoCopy | None) -> None:
    if isinstance(copy, NoCopy):
        phrase = Phrase("Recorded without a copy: %(reason)s. Try again later, or bring a file.", reason=copy.reason)
        flash(say(phrase))
    else:
        flash(say(Phrase("The evidence is kept, with a copy.")))


def _page(rumour_id: str, shown: Shown | None, row_id: int | None = None) -> str:
    # A fault of one row's file is not one of the form for new evidence: its field has the row's number.
    if shown and row_id is not None:
        here = tuple(Fault(f"file-{row_id}", each.phrase) for each in shown.faults)
        shown = Shown(typed.stored({"evidence_public": "yes"}), here, shown.conflict)
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
        evidence=[(each, evidence.why_no_copy(each)) for each in queries.evidence(session, rumour_id)],
        means=MEANS,
        states=words.WORKFLOWS,
        most_megabytes=LARGEST_FILE // (1024 * 1024),
    )
