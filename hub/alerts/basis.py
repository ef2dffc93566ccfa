"""What a draft builds on: the message of a map, in one version, and the alerts that it follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.alerts import queries, states
from hub.alerts.drafts import Draft
from hub.alerts.errors import AlreadyFollowed, StalePreview
from hub.alerts.states import Role
from hub.alerts.views import AlertView
from hub.cap.vocabulary import MsgType
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import blanks, versions
from hub.message_maps.model import CapOverride, Message, Situation
from hub.message_maps.numbers import register
from hub.message_maps.numbers.entries import Entry
from hub.message_maps.readiness import OPENERS, approved, obstacles


@dataclass(frozen=True, slots=True)
class Basis:
    """A message with its map, and the incident so far, oldest first; ``role`` is ``None`` for a first alert.

    ``numbers`` is the town's register, as far as the message needs it.
    """

    version_id: str
    situation: Situation
    message: Message
    role: Role | None
    line: tuple[AlertView, ...]
    numbers: Mapping[str, Entry]

    @property
    def head(self) -> AlertView | None:
        """The alert that is followed."""
        return self.line[-1] if self.line else None

    @property
    def words(self) -> CapOverride:
        """The CAP words. What could stand alone is an Update where it follows an earlier alert."""
        words = self.situation.cap_words(self.message)
        if self.role not in states.UPDATING:
            return words
        return CapOverride(MsgType.UPDATE, words.urgency, words.severity, words.certainty, words.response)


def read(session: Session, draft: Draft) -> Basis:
    """Reads what the draft builds on.

    Raises:
        NotFound: there is no such situation, message or earlier alert.
        InvalidInput: the message may not be sent here; fields ``situation`` and ``message``.
        AlreadyFollowed: the earlier alert is not the head of an open incident.
        StalePreview: the map has changed since the preview.
    """
    return _follow_up(session, draft) if draft.follows else _first(session, draft)


def _first(session: Session, draft: Draft) -> Basis:
    if not (draft.situation_id.isascii() and draft.situation_id.isprintable()):
        raise NotFound(Phrase("There is no such situation on the map."))  # and a database cannot even look for it
    version_id, situation = versions.find(session, draft.situation_id)
    if draft.version_id and draft.version_id != version_id:
        raise StalePreview(Phrase("The messages of this situation have changed since the preview. Please look again."))
    message = situation.message(draft.message_id)
    faults = _not_ready(situation, message)
    if message.kind not in OPENERS:
        faults.append(Fault("message", Phrase("This message only makes sense as a follow-up of an earlier alert.")))
    if faults:
        raise InvalidInput(faults)
    return Basis(version_id, situation, message, None, (), _numbers(session, situation, message))


def _follow_up(session: Session, draft: Draft) -> Basis:
    head = queries.get(session, draft.follows or "")
    line = tuple(queries.incident(session, head.incident))
    # The version that the head used: a correction must fit what was said, whatever the map has become since.
    situation = versions.get(session, head.version_id)
    message = situation.message(draft.message_id)
    role = states.ROLES.get(message.kind)
    if role is None or message.id not in situation.message(head.message_id).followups.values():
        raise InvalidInput([Fault("message", Phrase("This message is not a follow-up of that alert."))])
    check_open(head, role)
    faults = _not_ready(situation, message)
    if faults:
        raise InvalidInput(faults)
    return Basis(head.version_id, situation, message, role, line, _numbers(session, situation, message))


def _numbers(session: Session, situation: Situation, message: Message) -> dict[str, Entry]:
    wanted = {blank.number for blank in blanks.used(situation, message) if blank.number}
    return {key: entry for key, entry in register.by_key(session).items() if key in wanted} if wanted else {}


def _not_ready(situation: Situation, message: Message) -> list[Fault]:
    field = "message" if approved(situation) else "situation"
    return [Fault(field, phrase) for phrase in obstacles(situation, message)]


def check_open(head: AlertView, role: Role) -> None:
    """Whether the alert still takes this follow-up.

    Raises:
        AlreadyFollowed: it does not; says what happened to it.
    """
    if head.followed_by is not None:
        raise AlreadyFollowed(
            Phrase("This alert has already been followed up by %(identifier)s.", identifier=head.followed_by)
        )
    if states.after(head.state, role) is None:
        raise AlreadyFollowed(Phrase("This incident is over: it takes no more messages."))
