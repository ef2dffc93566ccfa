"""The hub's own public site as a channel: a page that is built is a delivery that was accepted, with its address.

The page itself comes from the database, as every page does; this channel makes its publication a fact that officers
see, that is tried again, and that later messages follow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import marshmallow as ma

from hub.channels.contract import (
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelAdapter,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    PreviewPart,
    Surroundings,
    TransientChannelError,
    Trouble,
)
from hub.channels.site_requests import SiteRequests
from hub.kernel.phrase import Phrase

# Becomes a file name.
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
# A process that has just started needs a moment before its builder gives a sign of life.
STARTING_SECONDS = 1.0
NOBODY = Phrase("nothing builds the public site in this data directory")


class PublicSiteSettings(ma.Schema):
    """The public site has no settings of its own: its address is that of the hub."""


class PublicSite(ChannelAdapter):
    """Waits until the page of a message is built. Repeating an attempt builds nothing twice."""

    kind: ClassVar[str] = "public_site"
    label: ClassVar[Phrase] = Phrase("Public site")
    form: ClassVar[str] = "long"
    multilingual: ClassVar[bool] = True
    single: ClassVar[bool] = True
    idempotent: ClassVar[bool] = True
    settles_after: ClassVar[timedelta] = timedelta(0)
    settings_schema: ClassVar[type[ma.Schema]] = PublicSiteSettings

    def __init__(
        self, channel_id: str, settings: Mapping[str, Any], languages: tuple[str, ...], hub: Surroundings
    ) -> None:
        super().__init__(channel_id, settings, languages, hub)
        self._requests = SiteRequests(hub.data_directory)

    def render(self, message: OutboundMessage) -> Body:
        """The whole message in each language, and the address of its page."""
        if not KEY.fullmatch(message.publication_id):
            raise PermanentChannelError(Phrase("the identifier cannot be a file name"))
        texts = {text.language: text.text for text in self.texts(message)}
        return {"identifier": message.publication_id, "address": message.page_url, "texts": texts}

    def preview(self, body: Body) -> list[PreviewPart]:
        """One part a language."""
        return [
            PreviewPart(
                Phrase("Page of the public site (%(language)s)", language=LANGUAGE_NAMES.get(language, language)), text
            )
            for language, text in body["texts"].items()
        ]

    def send(self, outgoing: Outgoing) -> Acceptance:
        """Asks for the page and waits until it is there."""
        if not self._requests.builder_comes(STARTING_SECONDS):
            raise TransientChannelError(NOBODY, trouble=Trouble.HOST)
        identifier, address = outgoing.body["identifier"], outgoing.body["address"]
        try:
            self._requests.ask(identifier, urlsplit(address).path)
        except OSError as error:
            reason = Phrase("the site cannot be asked for: %(reason)s", reason=error.strerror or type(error).__name__)
            raise TransientChannelError(reason, trouble=Trouble.HOST) from error
        if not self._requests.answered(identifier, outgoing.deadline):
            raise TransientChannelError(Phrase("the page is not built yet"))
        return Acceptance(remote_id=identifier, remote_url=address)

    def check(self) -> Phrase | None:
        """Does a builder live?"""
        return None if self._requests.builder_lives() else NOBODY
