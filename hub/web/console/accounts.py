"""Who may use the hub: officers with their roles, partners with their keys. For administrators.

Whatever gives access asks for one's own password again (OWASP ASVS 5.0, 7.5.3); whatever takes it away is one press.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.identity import partners, queries, second_factor, service
from hub.identity.partners import KeyKind, PartnerLine
from hub.identity.permissions import SCOPES, Role
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret
from hub.kernel.settings_checks import LANGUAGES
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access, current_officer
from hub.web.throttle import limiter, per_account

ROLES = {
    Role.VIEWER: Phrase("viewer: reads everything, sends nothing"),
    Role.VOLUNTEER: Phrase("volunteer: helps to check rumours"),
    Role.OFFICER: Phrase("officer: sends, corrects, writes and approves"),
    Role.ADMINISTRATOR: Phrase("administrator: an officer who also gives access"),
}
MAY = {
    "alert.read": Phrase("read alerts"),
    "map.read": Phrase("read the message maps"),
    "alert.send": Phrase("send, correct and withdraw alerts"),
    "rumour.report": Phrase("report rumours"),
}
KINDS = {KeyKind.LIVE: Phrase("real alerts"), KeyKind.EXERCISE: Phrase("exercises")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret that was just made: what it is, whose it is, and itself, this once."""

    title: Phrase
    name: str
    value: str


@blueprint.get("/accounts")
@access("account.edit")
def accounts() -> ResponseReturnValue:
    """Officers and partners, and a form for one more of each."""
    return _page()


@blueprint.post("/accounts/officers")
@access("account.edit")
@limiter.limit(per_account)
def add_officer() -> ResponseReturnValue:
    """Makes an account; its one-time password is shown, this once."""
    typed = {name: request.form.get(name, "").strip() for name in ("login", "name", "role", "language")}
    try:
        _prove()
        made = service.create_officer(
            typed["login"],
            typed["name"],
            typed["role"],
            typed["language"],
            actor=current_officer().actor,
            now=parts().clock.now(),
        )
    except InvalidInput as error:
        return _page(typed=typed, faults=error.faults), error.status
    return _page(shown=_one_time(made, typed["name"]))


@blueprint.get("/accounts/officers/<login>")
@access("account.edit")
def account(login: str) -> ResponseReturnValue:
    """One officer: role, one-time password, closing."""
    return _officer_page(login)


@blueprint.post("/accounts/officers/<login>/role")
@access("account.edit")
@limiter.limit(per_account)
def change_role(login: str) -> ResponseReturnValue:
    """Trusts an officer with more or less."""
    known = _officer(login)
    try:
        _prove()
        actor, now = current_officer().actor, parts().clock.now()
        service.change_role(known.login, request.form.get("role", ""), actor=actor, now=now)
    except InvalidInput as error:
        return _officer_page(known.login, faults=error.faults), error.status
    flash(gettext("Saved: %(key)s", key=known.name))
    return redirect(url_for("console.accounts"), 303)


@blueprint.post("/accounts/officers/<login>/password")
@access("account.edit")
@limiter.limit(per_account)
def give_password(login: str) -> ResponseReturnValue:
    """A new one-time password, shown this once; a closed account is opened again by it."""
    known = _officer(login)
    give = service.reopen if known.disabled else service.reset_password
    try:
        _prove()
        made = give(known.login, actor=current_officer().actor, now=parts().clock.now())
    except InvalidInput as error:
        return _officer_page(known.login, faults=error.faults), error.status
    return _officer_page(known.login, shown=_one_time(made, known.name))


@blueprint.post("/accounts/officers/<login>/factor")
@access("account.edit")
@limiter.limit(per_account)
def take_factor_away(login: str) -> ResponseReturnValue:
    """Lets an officer who lost their telephone in by the password alone again."""
    known = _officer(login)
    try:
        _prove()
        second_factor.take_away(known.login, actor=current_officer().actor, now=parts().clock.now())
    except InvalidInput as error:
        return _officer_page(known.login, faults=error.faults), error.status
    flash(gettext("Saved: %(key)s", key=known.name))
    return redirect(url_for("console.accounts"), 303)


@blueprint.post("/accounts/officers/<login>/close")
@access("account.edit")
def close_account(login: str) -> ResponseReturnValue:
    """Closes an account and all its sessions."""
    known = _officer(login)
    service.disable(known.login, actor=current_officer().actor, now=parts().clock.now())
    flash(gettext("Closed: %(name)s", name=known.name))
    return redirect(url_for("console.accounts"), 303)


@blueprint.post("/accounts/partners")
@access("account.edit")
@limiter.limit(per_account)
def add_partner() -> ResponseReturnValue:
    """Makes a partner, which can do nothing before it has a key."""
    typed = {name: request.form.get(name, "").strip() for name in ("partner", "title")}
    scopes, fields = request.form.getlist("scopes"), {"id": "partner", "name": "title"}
    try:
        _prove("key_password")
        actor, now = current_officer().actor, parts().clock.now()
        partners.add_partner(typed["partner"], typed["title"], scopes, actor=actor, now=now)
    except InvalidInput as error:
        faults = [Fault(fields.get(fault.field, fault.field), fault.phrase) for fault in error.faults]
        return _page(typed=typed, faults=faults, scopes=scopes), error.status
    return redirect(url_for("console.partner", partner_id=typed["partner"].lower()), 303)


@blueprint.get("/accounts/partners/<partner_id>")
@access("account.edit")
def partner(partner_id: str) -> ResponseReturnValue:
    """One partner and its keys."""
    return _partner_page(partner_id)


@blueprint.post("/accounts/partners/<partner_id>/keys")
@access("account.edit")
@limiter.limit(per_account)
def add_key(partner_id: str) -> ResponseReturnValue:
    """One more key, shown this once; ``kind`` is ``live`` or ``exercise``."""
    known = _partner(partner_id)
    try:
        _prove()
        made = partners.add_key(known.id, _kind(), actor=current_officer().actor, now=parts().clock.now())
    except InvalidInput as error:
        return _partner_page(known.id, faults=error.faults), error.status
    return _partner_page(known.id, shown=Shown(Phrase("Its new key"), known.name, made.reveal()))


@blueprint.post("/accounts/partners/<partner_id>/close")
@access("account.edit")
def close_partner(partner_id: str) -> ResponseReturnValue:
    """Ends one key (``key``), or the partner's access with all its keys."""
    known, key = _partner(partner_id), request.form.get("key", "")
    actor, now = current_officer().actor, parts().clock.now()
    if key:
        if key not in {each.id for each in known.keys}:
            raise NotFound(Phrase("There is no key %(id)s.", id=key[:20]))
        partners.revoke_key(key, actor=actor, now=now)
    else:
        partners.disable_partner(known.id, actor=actor, now=now)
    flash(gettext("Closed: %(name)s", name=key or known.name))
    return redirect(url_for("console.partner", partner_id=known.id), 303)


def _prove(field: str = "password") -> None:
    try:
        service.prove(current_officer(), request.form.get(field, ""))
    except InvalidInput as error:
        raise InvalidInput([Fault(field, fault.phrase) for fault in error.faults]) from error


def _kind() -> KeyKind:
    kind = request.form.get("kind", "")
    if kind not in set(KeyKind):
        raise InvalidInput([Fault("kind", Phrase("say whether the key is for real alerts or for exercises"))])
    return KeyKind(kind)


def _officer(login: str) -> queries.Account:
    found = next((one for one in queries.accounts(reading()) if one.login == queries.normal_login(login)), None)
    if found is None:
        raise NotFound(Phrase("No officer has the login %(login)s.", login=login[:40]))
    return found


def _partner(partner_id: str) -> PartnerLine:
    found = next((one for one in partners.listed(reading()) if one.id == partner_id), None)
    if found is None:
        raise NotFound(Phrase("There is no partner %(id)s, or it is disabled.", id=partner_id[:40]))
    return found


def _one_time(password: Secret, name: str) -> Shown:
    return Shown(Phrase("One-time password"), name, password.reveal())


def _page(
    *,
    typed: dict[str, str] | None = None,
    faults: Sequence[Fault] = (),
    scopes: Sequence[str] = (),
    shown: Shown | None = None,
) -> str:
    return render_template(
        "console/accounts.html",
        accounts=queries.accounts(reading()),
        partners=partners.listed(reading()),
        roles=ROLES,
        may=MAY,
        scopes=scopes or sorted(SCOPES),
        offered=list(LANGUAGES),
        typed=typed or {},
        faults=faults,
        shown=shown,
    )


def _officer_page(login: str, *, faults: Sequence[Fault] = (), shown: Shown | None = None) -> str:
    return render_template("console/account.html", one=_officer(login), roles=ROLES, faults=faults, shown=shown)


def _partner_page(partner_id: str, *, faults: Sequence[Fault] = (), shown: Shown | None = None) -> str:
    return render_template(
        "console/partner.html", one=_partner(partner_id), may=MAY, kinds=KINDS, faults=faults, shown=shown
    )
