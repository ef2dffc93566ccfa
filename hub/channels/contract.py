"""What a channel adapter is, what it is given, and the only three ways in which an attempt may go wrong.

An adapter is one file ``hub/channels/adapters/<kind>.py`` with one class that extends `ChannelAdapter`. Nearly all of
it is data on the class. `ChannelAdapter.render` is pure and runs once, at the preview: what it returns is shown,
hashed, frozen in the outbox and handed to `ChannelAdapter.send` byte for byte.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Protocol

import marshmallow as ma

from hub.kernel.clock import Clock
from hub.kernel.http import Answer
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret

# The frozen body of one message on one channel: JSON types only, so that it can be hashed, stored and compared.
Body = Mapping[str, Any]

# The forms in which a message map holds a text; an adapter takes one of them.
FORMS = ("sms", "x", "bluesky", "mastodon", "long", "led", "simplified", "cap", "voice")
# The address of the one destination of a channel that is an account or a place of its own.
SINGLE_ADDRESS = "self"
LANGUAGE_NAMES: Mapping[str, Phrase] = {"fr": Phrase("French"), "en": Phrase("English")}


@dataclass(frozen=True, slots=True)
class RenderedText:
    """One message in one form and one language, blanks filled, exercise marks set, element tags gone.

    ``parts`` has the keys of the form: ``page1`` ... for led; ``headline``, ``description``, ``instruction`` for cap;
    ``text`` for all others.
    """

    form: str
    language: str
    parts: Mapping[str, str]

    @property
    def text(self) -> str:
        """All parts, a blank line between two."""
        return "\n\n".join(self.parts.values())


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One publication as every channel sees it: neutral, frozen, complete. Alerts and rumours both produce it.

    ``texts`` maps form -> language -> text. ``references`` are the publication ids that this one follows, oldest first;
    ``incident`` is the first of them, or this publication's own id. ``cap_xml`` is the CAP 1.2 document,
    empty for what is no CAP alert, such as a debunk. ``topics`` are words of `hub.channels.topics`.
    """

    publication_id: str
    incident: str
    references: tuple[str, ...]
    status: str  # CAP: Actual or Exercise
    msg_type: str  # CAP: Alert, Update or Cancel
    sent: datetime
    expires: datetime
    urgency: str
    severity: str
    sender_name: str
    page_url: str
    texts: Mapping[str, Mapping[str, RenderedText]]
    cap_xml: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """One receiving end of a channel: a web or e-mail address, a telephone number, or ``self`` for a single account."""

    id: int
    # Somebody's address or number: nothing that prints an attempt, such as a log, may show it.
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The far side said yes, and this is its proof."""

    remote_id: str
    remote_url: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt at one destination.

    ``idempotency_key`` is the same for every attempt of one delivery. ``deadline`` is the total time, in seconds.
    ``follows`` is what the same destination accepted for the publication that this one follows, if it did.
    ``first_attempt_at`` is the moment of the first attempt: idempotency windows start there.
    """

    publication_id: str
    body: Body
    destination: Destination
    idempotency_key: str
    deadline: float
    first_attempt_at: datetime
    follows: Acceptance | None = None


class Trouble(StrEnum):
    """What an attempt that was not accepted says about the host, beyond this one message."""

    MESSAGE = "message"  # nothing: the host is up, or nobody knows
    HOST = "host"  # nobody's message would be taken: not reachable, failing, our credentials refused
    PACE = "pace"  # the host is up, and we are too fast for it


class ChannelError(Exception):
    """Base of the three outcomes that are not an acceptance. ``reason`` is shown to the officer: no secret in it."""

    def __init__(self, reason: Phrase, trouble: Trouble = Trouble.MESSAGE) -> None:
        self.reason = reason
        self.trouble = trouble
        super().__init__(str(reason))


class TransientChannelError(ChannelError):
    """Certainly not accepted, and worth another try; ``retry_after`` seconds if the far side asked for a pause."""

    def __init__(self, reason: Phrase, retry_after: float | None = None, trouble: Trouble = Trouble.MESSAGE) -> None:
        super().__init__(reason, trouble)
        self.retry_after = retry_after


class PermanentChannelError(ChannelError):
    """Certainly not accepted, and never will be as it stands."""


class UnknownOutcomeError(ChannelError):
    """The request went out and no valid answer came: it may or may not have been accepted."""


class HttpClient(Protocol):
    """What adapters use to post: `hub.kernel.http.GuardedClient`."""

    def request(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """One guarded exchange; see `hub.kernel.http`. Adapters call it through `hub.channels.http.exchange`."""
        ...

    def bulk(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """The same through the engine for what is sent by the thousand."""
        ...

    def refusal(self, url: str) -> Phrase | None:
        """Why this address could never be posted to, judged without the network, or ``None``."""
        ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person behind a destination whose address is only an id.

    ``confirmed``: the person asked for it and proved it. ``refusals`` are those in a row. The links are signed; the one
    for ``confirm`` is empty once it was used.
    """

    address: str
    language: str
    confirmed: bool
    refusals: int
    manage_url: str
    unsubscribe_url: str
    confirm_url: str


class Recipients(Protocol):
    """Who stands behind ids. Used while sending, so that no table of the outbox holds an address."""

    def find(self, recipient_id: str) -> Recipient | None:
        """The person, or ``None`` when there is none any more.

        Raises:
            TransientChannelError: it cannot be looked up now.
        """
        ...

    def taken(self, recipient_id: str) -> None:
        """The far side took a message again: earlier refusals count no more. Never raises."""
        ...

    def refused(self, recipient_id: str) -> None:
        """The far side says that there is nobody at this address; after some times it is forgotten. Never raises."""
        ...


class Nobody:
    """There is nobody behind any id."""

    def find(self, recipient_id: str) -> Recipient | None:  # noqa: ARG002 - the protocol's signature
        """Nobody."""
        return None

    def taken(self, recipient_id: str) -> None:
        """Nothing."""

    def refused(self, recipient_id: str) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the hub lends to an adapter."""

    http: HttpClient
    clock: Clock
    data_directory: Path
    base_url: str
    sender: str
    sender_name: str
    recipients: Recipients = field(default_factory=Nobody)


@dataclass(frozen=True, slots=True)
class Channel:
    """One configured channel of `config/channels.toml`.

    ``exercise``: whether an exercise may reach it. ``languages``: in the order in which it carries them.
    ``rate_per_minute``: the most attempts a minute, over all hosts and dispatchers; ``None`` is without limit.
    """

    id: str
    kind: str
    label: str
    exercise: bool
    languages: tuple[str, ...]
    adapter: ChannelAdapter
    rate_per_minute: float | None = None


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """One block of a preview: a title, the text exactly as it is sent, how much of what limit it uses.

    ``for_machines``: a document that people need not read; the screen keeps it folded.
    """

    title: Phrase
    text: str
    used: int | None = None
    limit: int | None = None
    unit: Phrase | None = None
    for_machines: bool = False


class ChannelAdapter(ABC):
    """One kind of channel. The class attributes are its contract; the contract test checks every one of them."""

    kind: ClassVar[str]
    label: ClassVar[Phrase]
    # The message form that it takes from the map, one of `FORMS`.
    form: ClassVar[str]
    # True: destinations name topics (`hub.channels.topics`) and get what has one of them; the hub itself enters them.
    by_topic: ClassVar[bool] = False
    # True: one message carries all languages. False: one language a channel, `languages` must then have one entry.
    multilingual: ClassVar[bool]
    # True: the one destination is the account itself (address "self"). False: destinations are kept in the database.
    single: ClassVar[bool]
    # True: an attempt may be repeated after an unknown outcome, within `idempotency_window` if there is one.
    idempotent: ClassVar[bool]
    idempotency_window: ClassVar[timedelta | None] = None
    # True: it has a method ``edit(outgoing, earlier: Acceptance) -> Acceptance`` that replaces what it sent earlier.
    can_edit: ClassVar[bool] = False
    # True: `send` ties a follow-up to what `Outgoing.follows` or the body's references name (a thread, a conversation).
    can_reply: ClassVar[bool] = False
    # True: `read_back` can ask the far side whether a message is there, after an attempt whose outcome is unknown.
    can_read_back: ClassVar[bool] = False
    # How long after the attempt's end "it is not there" is not yet believed: a far side may work on what it was given,
    # or answer from a copy of its database that lags.
    settles_after: ClassVar[timedelta] = timedelta(minutes=2)
    # Unknown keys must be refused (marshmallow's default); a secret is a `hub.kernel.secret.SecretField`.
    settings_schema: ClassVar[type[ma.Schema]]

    def __init__(
        self, channel_id: str, settings: Mapping[str, Any], languages: tuple[str, ...], hub: Surroundings
    ) -> None:
        self.channel_id = channel_id
        self.settings = settings
        self.languages = languages
        self.hub = hub

    @property
    def form_taken(self) -> str:
        """The message form that this very channel takes; a kind may leave the choice to its settings."""
        return self.form

    @abstractmethod
    def render(self, message: OutboundMessage) -> Body:
        """The body to freeze. Pure and deterministic: the same message gives the same bytes.

        Raises:
            PermanentChannelError: the message cannot be carried by this channel (too long, a language is missing).
        """

    @abstractmethod
    def preview(self, body: Body) -> list[PreviewPart]:
        """What a reader of this channel will see, read back from the frozen body."""

    @abstractmethod
    def send(self, outgoing: Outgoing) -> Acceptance:
        """Makes one attempt. No retry in here: retries belong to the outbox.

        Raises:
            TransientChannelError, PermanentChannelError, UnknownOutcomeError: nothing else may come out.
        """

    def read_back(self, outgoing: Outgoing) -> Acceptance | None:  # noqa: ARG002 - adapters that can ask do
        """Asks the far side whether the message of this attempt is there. Changes nothing there; uses the network.

        Args:
            outgoing: the attempt that is in doubt, with the time that this look may take as its ``deadline``.

        Returns:
            The proof that it is there; ``None`` if it is certainly not there at this moment.

        Raises:
            TransientChannelError, UnknownOutcomeError: it could not be asked now; worth another look.
            PermanentChannelError: the far side does not tell; only a person can look.
        """
        raise PermanentChannelError(Phrase("this channel cannot be asked what it has taken"))

    def texts(self, message: OutboundMessage) -> list[RenderedText]:
        """The texts of this channel's form, in the order of its languages.

        Raises:
            PermanentChannelError: the message has no text in one of them.
        """
        found = message.texts.get(self.form_taken, {})
        missing = [language for language in self.languages if language not in found]
        if missing:
            raise PermanentChannelError(
                Phrase("the message has no text in: %(languages)s", languages=", ".join(missing))
            )
        return [found[language] for language in self.languages]

    def host(self, address: str) -> str:  # noqa: ARG002 - adapters with many destinations look at it
        """The bulkhead that a destination belongs to: attempts to one host share one cap."""
        return self.channel_id

    def check_address(self, address: str) -> Phrase | None:
        """What is wrong with a destination's address, or ``None``. Without network: it runs inside a transaction.

        An adapter with many destinations overrides this.
        """
        return None if address == SINGLE_ADDRESS else Phrase("this channel has one destination of its own")

    def normal_address(self, address: str) -> str:
        """An address in the one form in which it is stored, so that nobody is entered twice; without network.

        What is no address stays as it is: `check_address` says what is wrong.
        """
        return address

    def shown_address(self, address: str) -> str:
        """An address as a name that screens and the audit log may show when nobody gave another one."""
        return address

    def destination_secret(self, address: str) -> Secret | None:  # noqa: ARG002 - adapters that sign look at it
        """What the receiver at this address needs to check that a message is ours; ``None`` where nothing is signed."""
        return None

    def check(self) -> Phrase | None:
        """Are the credentials good? ``None`` when they are, else what is wrong. May use the network."""
        return None
