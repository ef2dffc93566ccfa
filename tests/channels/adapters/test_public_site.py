"""The public site as a channel keeps the contract, asks by files and believes only what was built."""

from __future__ import annotations

import threading

import pytest

from hub.channels.contract import TransientChannelError
from hub.channels.site_requests import SiteRequests
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import attempt, message


class TestPublicSite(AdapterContract):
    """A builder that answers stands in for the keeper: the protocol is the directory."""

    kind = "public_site"

    def test_it_is_accepted_when_the_builder_has_answered(self, adapter, hub):
        requests = SiteRequests(hub.data_directory)
        requests.live()
        asked = {}

        def build():
            while not asked:
                asked.update(requests.waiting())
            requests.answer(asked)

        builder = threading.Thread(target=build)
        builder.start()
        proof = adapter.send(attempt(adapter, message()))
        builder.join(5)
        assert asked == {"a" * 32: "/alertes/" + "a" * 32}
        assert proof.remote_url == message().page_url

    def test_without_a_builder_it_is_tried_again(self, adapter):
        assert adapter.check() is not None
        with pytest.raises(TransientChannelError, match="nothing builds"):
            adapter.send(attempt(adapter, message()))

    def test_a_builder_that_does_not_answer_in_time(self, adapter, hub):
        SiteRequests(hub.data_directory).live()
        assert adapter.check() is None
        with pytest.raises(TransientChannelError, match="not built yet"):
            adapter.send(attempt(adapter, message(), deadline=0.2))

    def test_a_key_stays_in_its_directory_and_rubbish_in_it_is_cleared(self, hub):
        requests = SiteRequests(hub.data_directory)
        requests.ask("../../x", "/alertes/x")
        assert requests.waiting() == {"x": "/alertes/x"}
        rubbish = hub.data_directory / "public/site.state/asked/rubbish.json"
        rubbish.write_text("[1", encoding="utf-8")
        assert requests.waiting() == {"x": "/alertes/x"}
        assert not rubbish.exists()
