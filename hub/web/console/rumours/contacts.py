"""The contact of a reporter, for whoever answers. Every look is in the audit log."""

from __future__ import annotations

from flask import render_template

from hub.rumours import contact
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.post("/rumours/reports/<report_id>/contact")
@access("rumour.work")
def report_contact(report_id: str) -> str:
    """Shows it once. A POST, since looking is a deed that is written down."""
    found = contact.reveal(parts().rumours, report_id, actor=current_officer().actor)
    return render_template("console/rumours/contact.html", report_id=report_id, contact=found)
