"""What every adapter must hold to. A test module of an adapter extends `AdapterContract` with its kind and settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import marshmallow as ma
import pytest

from hub.channels.contract import (
    ChannelAdapter,
    OutboundMessage,
    PermanentChannelError,
    PreviewPart,
    RenderedText,
    Surroundings,
)
from hub.channels.registry import contract_faults, discover
from hub.kernel.phrase import Phrase
from tests.channels.samples import attempt, message


class AdapterContract:
    """The tests are inherited; ``secrets`` are values that must never show."""

    kind: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[tuple[str, ...]] = ()
    good_address: ClassVar[str] = "self"
    # The good address as somebody may type it, where that differs.
    typed_address: ClassVar[str] = ""
    bad_addresses: ClassVar[tuple[str, ...]] = ("", "someone else")

    def carried(self) -> OutboundMessage:
        """A message that this adapter carries."""
        return message()

    @pytest.fixture
    def adapter(self, hub: Surroundings) -> ChannelAdapter:
        return self.make(hub)

    def make(self, hub: Surroundings, **changes: Any) -> ChannelAdapter:
        kind = discover()[self.kind]
        languages = ("fr", "en") if kind.multilingual else ("fr",)
        return kind("canal", kind.settings_schema().load({**self.settings, **changes}), languages, hub)

    def test_the_class_keeps_the_contract(self) -> None:
        assert list(contract_faults(discover()[self.kind], self.kind)) == []

    def test_the_body_is_pure_json_and_the_same_each_time(self, adapter: ChannelAdapter, hub: Surroundings) -> None:
        body = adapter.render(self.carried())
        assert json.loads(json.dumps(body)) == body
        assert json.dumps(self.make(hub).render(self.carried())) == json.dumps(body)

    def test_the_preview_is_read_from_the_frozen_body(self, adapter: ChannelAdapter) -> None:
        parts = adapter.preview(json.loads(json.dumps(adapter.render(self.carried()))))
        assert parts
        assert all(isinstance(part, PreviewPart) and isinstance(part.title, Phrase) and part.text for part in parts)

    def test_another_text_is_another_body(self, adapter: ChannelAdapter) -> None:
        texts = {
            form: {code: RenderedText(form, code, {**text.parts, "text": "Autre chose"}) for code, text in per.items()}
            for form, per in self.carried().texts.items()
        }
        other = replace(self.carried(), texts=texts, cap_xml=self.carried().cap_xml.replace("\u00e9", "\u00e8"))
        assert adapter.render(other) != adapter.render(self.carried())

    def test_a_message_without_its_language_is_refused(self, adapter: ChannelAdapter) -> None:
        without = replace(self.carried(), texts={adapter.form: {}})
        with pytest.raises(PermanentChannelError):
            adapter.render(without)

    def test_an_unknown_setting_is_refused(self, hub: Surroundings) -> None:
        with pytest.raises(ma.ValidationError, match="misspelt"):
            self.make(hub, misspelt=1)

    def test_addresses_are_judged(self, adapter: ChannelAdapter) -> None:
        assert adapter.check_address(self.good_address) is None
        assert [address for address in self.bad_addresses if adapter.check_address(address) is None] == []

    def test_each_destination_has_a_bulkhead(self, adapter: ChannelAdapter) -> None:
        assert adapter.host(self.good_address)

    def test_no_secret_shows(self, adapter: ChannelAdapter) -> None:
        shown = repr(vars(adapter)) + repr(adapter.settings) + json.dumps(adapter.render(self.carried()))
        assert [secret for secret in self.secrets if secret in shown] == []

    def test_it_says_whether_it_can_be_asked(self, adapter: ChannelAdapter) -> None:
        own = type(adapter).read_back is not ChannelAdapter.read_back
        assert adapter.can_read_back == own
        assert adapter.settles_after >= timedelta(0)

    def test_an_address_has_one_form_and_is_hidden_in_print(self, adapter: ChannelAdapter) -> None:
        normal = adapter.normal_address(self.typed_address or self.good_address)
        assert normal == self.good_address
        assert adapter.normal_address(normal) == normal
        assert [bad for bad in self.bad_addresses if adapter.check_address(adapter.normal_address(bad)) is None] == []
        assert adapter.shown_address(normal)
        assert normal not in repr(attempt(adapter, self.carried(), normal).destination)
