"""What happens to a request without a session: the log-in comes first, and what was typed comes through it.

A crisis is longer than a session. A form that is submitted after its end is carried, signed, through the log-in and
offered again: nothing typed is lost, and nothing is sent by itself. The same holds for a form whose protection token is
of an earlier session, because its officer has logged in again in another window.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from hub.kernel.errors import InvalidInput
from hub.web.console.blueprint import blueprint
from hub.web.errors import CodeDue, FactorDue, FormExpired, NotLoggedIn, PasswordChangeDue
from hub.web.parts import parts
from hub.web.security import REQUEST_FIELDS, present_officer

# Forms that people write in. What they do can be looked at and undone; sending and publishing are never carried.
CARRIED = {
    "console.check",
    "console.follow_up",
    "console.map_member_save",
    "console.map_accept",
    "console.map_new",
    "console.map_return",
    "console.save_number",
    "console.add_report",
    "console.rumour_from_report",
    "console.add_event",
    "console.save_rumour_words",
    "console.save_weights",
    "console.save_decision",
    "console.add_confirmation",
    "console.add_evidence",
    "console.save_answer",
    "console.return_answer",
}
# What pages with such forms ask for in the background: leaving the page would lose what was typed since.
STAYING = {
    "console.preview",
    "console.alert_progress",
    "console.alert_trouble",
    "console.map_member_check",
    "console.map_member_presence",
    "console.check_answer",
    "console.live_score",
}
CARRIED_SECONDS = 3600
LEFT_OUT = {"csrf_token"}

Fields = list[tuple[str, str]]


@blueprint.errorhandler(NotLoggedIn)
def lead_to_log_in(error: NotLoggedIn) -> ResponseReturnValue:
    """To the log-in, and afterwards back to the page."""
    if request.method == "POST" and request.endpoint in CARRIED and _from_here() and (fields := _typed()):
        carried = _signer().dumps([request.path, fields, _file_chosen()])
        page = render_template("console/login.html", faults=(), login="", onward="", carried=carried)
        return page, error.status
    if request.endpoint in STAYING and request.headers.get("HX-Request"):
        # 422, because htmx puts other errors nowhere.
        return render_template("console/logged_out.html", again=False), InvalidInput.status
    return _lead(url_for("console.log_in_page", next=_way_back() or None))


@blueprint.errorhandler(PasswordChangeDue)
def lead_to_password(_error: PasswordChangeDue) -> ResponseReturnValue:
    """To the one page that is open with a one-time password."""
    return _lead(url_for("console.password"))


@blueprint.errorhandler(CodeDue)
def lead_to_code(_error: CodeDue) -> ResponseReturnValue:
    """To the one page that is open before the code."""
    return _lead(url_for("console.code", next=_way_back() or None))


@blueprint.errorhandler(FactorDue)
def lead_to_factor(_error: FactorDue) -> ResponseReturnValue:
    """To where a second factor is set up."""
    return _lead(url_for("console.second_factor_page"))


@blueprint.errorhandler(CSRFError)
def keep_what_was_typed(_error: CSRFError) -> ResponseReturnValue:
    """The form once more, with a token of this session, for its officer to send on; other forms are refused."""
    if request.endpoint in CARRIED and present_officer() and _from_here() and (fields := _typed()):
        return going_on(request.path, fields, file_chosen=_file_chosen()), FormExpired.status
    if request.endpoint in STAYING and request.headers.get("HX-Request"):
        return render_template("console/logged_out.html", again=True), InvalidInput.status
    return current_app.handle_user_exception(FormExpired())


def carried_form(token: str) -> tuple[str, Fields, bool] | None:
    """The address and the fields of a form that came through the log-in, and whether it held a file; or ``None``."""
    try:
        path, fields, file_chosen = _signer().loads(token, max_age=CARRIED_SECONDS)
    except (BadSignature, ValueError):
        return None
    return str(path), [(str(name), str(value)) for name, value in fields], bool(file_chosen)


def going_on(path: str, fields: Fields, *, file_chosen: bool) -> str:
    """The page from which a form goes on where it was."""
    return render_template("console/continue.html", path=path, fields=fields, file_chosen=file_chosen)


def _lead(address: str) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        # htmx would follow a redirect and put the log-in page into a corner of this one.
        return Response(status=NotLoggedIn.status, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _from_here() -> bool:
    """Whether the form is one of ours: another site's must not be offered to an officer as what they had typed."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return host in {request.host, urlsplit(parts().settings.site.base_url).netloc}


def _typed() -> Fields:
    """The fields of this form; none when it is larger than any form of ours."""
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    except RequestEntityTooLarge:
        return []
    return fields if len(fields) <= REQUEST_FIELDS else []


def _file_chosen() -> bool:
    return any(file.filename for file in request.files.values())


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
