"""An officer's second factor: set up with an app, or set up anew with another telephone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from hub.identity import second_factor
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.secret import Secret
from hub.web.console.blueprint import blueprint, start_of
from hub.web.parts import parts
from hub.web.security import access, current_officer
from hub.web.throttle import limiter, per_account

_SECRET = re.compile(r"[A-Z2-7]{32}")
GROUP = 4


@blueprint.get("/second-factor")
@access("officer")
def second_factor_page() -> ResponseReturnValue:
    """A new secret for an app, as a picture and as letters; nothing is kept before a code has proved it."""
    return _page(second_factor.new_secret())


@blueprint.post("/second-factor")
@access("officer")
@limiter.limit(per_account)
def set_second_factor() -> ResponseReturnValue:
    """Keeps the secret that the page has shown, if the code is one of it and the password is right."""
    hub, person = parts(), current_officer()
    # The secret comes back by the form: who changes it there chooses their own, which they may.
    given = request.form.get("secret", "")
    if not _SECRET.fullmatch(given):
        return _page(second_factor.new_secret()), InvalidInput.status
    typed, password = request.form.get("code", ""), request.form.get("password", "")
    try:
        second_factor.set_up(person, given, typed, password, settings=hub.settings, now=hub.clock.now())
    except InvalidInput as error:
        return _page(Secret(given), error.faults), error.status
    flash(gettext("From now on your log-in asks for a code."))
    return redirect(url_for(start_of(person)), 303)


def _page(secret: Secret, faults: Sequence[Fault] = ()) -> str:
    hub, person = parts(), current_officer()
    code = segno.make(second_factor.app_address(secret, person.login, hub.settings.authority.name), micro=False)
    # The picture is made of digits and of our own words alone.
    picture = Markup(code.svg_inline(scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None))  # noqa: S704
    letters = secret.reveal()
    return render_template(
        "console/second_factor.html",
        person=person,
        has_one=second_factor.has_one(person),
        picture=picture,
        secret=letters,
        typed_secret=" ".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP)),
        faults=faults,
    )
