"""Logging in and out, changing the password, choosing the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from hub.identity import second_factor, service
from hub.identity.errors import LogInRefused
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.kernel.settings_checks import LANGUAGES
from hub.web import language
from hub.web.console.blueprint import blueprint, start_of
from hub.web.console.entrance import carried_form, going_on
from hub.web.parts import parts
from hub.web.security import TOKEN_KEY, access, current_officer, present_officer
from hub.web.throttle import account_key, limiter, per_account, per_address, remember_device


@blueprint.get("/login")
@access("anonymous")
def log_in_page() -> ResponseReturnValue:
    """The form; who is logged in already goes on."""
    if present_officer():
        return redirect(safe_next(request.args.get("next", "")), 303)
    return _log_in_form()


@blueprint.post("/login", endpoint="login")
@access("anonymous")
@limiter.limit(per_address)
@limiter.limit(per_account, key_func=account_key)
def log_in() -> ResponseReturnValue:
    """Opens a session under a new token, whatever the browser sent before."""
    hub = parts()
    login = request.form.get("login", "")
    try:
        token = service.log_in(
            login, request.form.get("password", ""), now=hub.clock.now(), address=request.remote_addr or ""
        )
    except LogInRefused as error:
        return _log_in_form([Fault("login", error.detail)], login), error.status
    _begin(token)
    response = make_response(_go_on())
    remember_device(response, login.strip().lower())
    return response


def _go_on() -> ResponseReturnValue:
    """After the log-in: to the code, if one is due; else to the form that came through, or to the page."""
    if current_officer().code_due:
        return _code_form()
    carried = carried_form(request.form.get("carried", ""))
    if carried:
        path, fields, file_chosen = carried
        return going_on(path, fields, file_chosen=file_chosen)
    return redirect(safe_next(request.form.get("next", "")), 303)


@blueprint.get("/code")
@access("halfway")
def code() -> ResponseReturnValue:
    """The form for the code of the second factor; who is through already goes on."""
    if not current_officer().code_due:
        return redirect(safe_next(request.args.get("next", "")), 303)
    return _code_form()


@blueprint.post("/code")
@access("halfway")
@limiter.limit(per_address)
def enter_code() -> ResponseReturnValue:
    """Completes the log-in under a new token. After a few wrong codes the password is asked again."""
    hub, person = parts(), current_officer()
    if person.code_due:
        typed, address = request.form.get("code", ""), request.remote_addr or ""
        try:
            token = second_factor.enter(person, typed, settings=hub.settings, now=hub.clock.now(), address=address)
        except InvalidInput as error:
            return _code_form(error.faults), error.status
        _begin(token)
    return _go_on()


def _begin(token: str) -> None:
    """A new browser session around the token; only the language chosen before the log-in is kept."""
    hub = parts()
    chosen = session.get(language.SESSION_KEY)
    session.clear()
    session[TOKEN_KEY] = token
    person = service.session_officer(token, limits=hub.settings.security, now=hub.clock.now())
    session[language.SESSION_KEY] = chosen or (person.language if person else hub.settings.site.languages[0])
    g.person = person


@blueprint.post("/logout")
@access("halfway")
def log_out() -> ResponseReturnValue:
    """Ends the session in the database too: a copied cookie is worth nothing afterwards."""
    service.log_out(session[TOKEN_KEY], now=parts().clock.now())
    session.clear()
    return redirect(url_for("console.log_in_page"), 303)


@blueprint.get("/password")
@access("officer")
def password() -> ResponseReturnValue:
    """The form for a new password; with a one-time password the only page there is."""
    return render_template("console/password.html", faults=(), person=current_officer())


@blueprint.post("/password")
@access("officer")
@limiter.limit(per_account)
def change_password() -> ResponseReturnValue:
    """Changes it and ends every other session of this officer."""
    person = current_officer()
    new = request.form.get("new", "")
    faults = []
    if new != request.form.get("again", ""):
        faults = [Fault("again", Phrase("The two new passwords differ."))]
    else:
        try:
            session[TOKEN_KEY] = service.change_password(
                person,
                request.form.get("current", ""),
                new,
                now=parts().clock.now(),
                address=request.remote_addr or "",
            )
        except InvalidInput as error:
            faults = list(error.faults)
    if faults:
        return render_template("console/password.html", faults=faults, person=person), InvalidInput.status
    flash(language.say(Phrase("Your password is changed. Your other sessions have ended.")))
    # With the one-time password no page was open to them.
    return redirect(url_for(start_of(replace(person, must_change_password=False))), 303)


@blueprint.post("/language")
@access("anonymous")
def set_language() -> ResponseReturnValue:
    """Keeps the language for this session and goes back to the page."""
    if (wanted := request.form.get("language")) in LANGUAGES:
        session[language.SESSION_KEY] = wanted
    return redirect(safe_next(request.form.get("next", "")), 303)


def safe_next(address: str) -> str:
    """Where to go on: a page of the console, never another site (OWASP ASVS 5.0, 3.7.2)."""
    good = address.startswith("/console/") and address.isprintable() and "\\" not in address and "//" not in address
    return address if good else url_for(start_of(g.get("person")))


def _code_form(faults: Sequence[Fault] = ()) -> str:
    onward, carried = request.values.get("next", ""), request.form.get("carried", "")
    return render_template("console/code.html", faults=faults, onward=onward, carried=carried)


def _log_in_form(faults: list[Fault] | None = None, login: str = "") -> str:
    return render_template(
        "console/login.html",
        faults=faults or (),
        login=login,
        onward=request.values.get("next", ""),
        carried=request.form.get("carried", ""),
    )
