"""What happens to a request without a session: the log-in comes first, and what was typed comes through it.

A crisis is longer than a session. A form that is submitted after its end is carried, signed, through the log-in and
offered again: nothing typed is lost, and nothing is sent by itself.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from hub.kernel.errors import InvalidInput
from hub.web.console.blueprint import blueprint
from hub.web.errors import NotLoggedIn, PasswordChangeDue
from hub.web.security import REQUEST_FIELDS

# Forms whose next page only shows something: sending itself is never carried.
CARRIED = {"console.check", "console.follow_up", "console.map_member_save"}
# What the editor asks for in the background: leaving the page would lose what was typed since.
STAYING = {"console.map_member_check", "console.map_member_presence"}
CARRIED_SECONDS = 3600
LEFT_OUT = {"csrf_token"}

Fields = list[tuple[str, str]]


@blueprint.errorhandler(NotLoggedIn)
def lead_to_log_in(error: NotLoggedIn) -> ResponseReturnValue:
    """To the log-in, and afterwards back to the page."""
    if request.method == "POST" and request.endpoint in CARRIED and (fields := _typed()):
        carried = _signer().dumps([request.path, fields])
        page = render_template("console/login.html", faults=(), login="", onward="", carried=carried)
        return page, error.status
    if request.endpoint in STAYING and request.headers.get("HX-Request"):
        # 422, because htmx puts other errors nowhere.
        return render_template("console/editor/logged_out.html"), InvalidInput.status
    return _lead(url_for("console.log_in_page", next=_way_back() or None))


@blueprint.errorhandler(PasswordChangeDue)
def lead_to_password(_error: PasswordChangeDue) -> ResponseReturnValue:
    """To the one page that is open with a one-time password."""
    return _lead(url_for("console.password"))


def carried_form(token: str) -> tuple[str, Fields] | None:
    """The address and the fields of a form that came through the log-in, or ``None``."""
    try:
        path, fields = _signer().loads(token, max_age=CARRIED_SECONDS)
    except BadSignature:
        return None
    return str(path), [(str(name), str(value)) for name, value in fields]


def _lead(address: str) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        # htmx would follow a redirect and put the log-in page into a corner of this one.
        return Response(status=NotLoggedIn.status, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _typed() -> Fields:
    """The fields of this form; none when it is larger than any form of ours."""
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    except RequestEntityTooLarge:
        return []
    return fields if len(fields) <= REQUEST_FIELDS else []


def _way_back() -> str:
    # What htmx asks for in the background is a part of the page that the browser shows.
    if shown := request.headers.get("HX-Current-URL"):
        try:
            address = urlsplit(shown)
        except ValueError:
            return ""
        return address.path + (f"?{address.query}" if address.query else "")
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="hub.carried")
