"""Is a document in the CAP feed? Asked after an attempt whose outcome is unknown."""

from __future__ import annotations

import pytest

from hub.channels import cap_index
from hub.channels.contract import PermanentChannelError, TransientChannelError
from tests.channels.adapters.test_cap_feed import cap_feed, message, outgoing


@pytest.fixture
def feed(tmp_path):
    return cap_feed(tmp_path)


def test_it_is_there_when_document_and_index_are(feed):
    attempt = outgoing(feed, message())
    assert feed.read_back(attempt) is None
    accepted = feed.send(attempt)
    assert feed.read_back(attempt) == accepted


def test_another_document_is_not_it(feed):
    attempt = outgoing(feed, message())
    accepted = feed.send(attempt)
    (feed.directory / f"{accepted.remote_id}.xml").write_text("<other/>")
    assert feed.read_back(attempt) is None


def test_a_document_that_no_index_names_is_for_a_person(feed):
    attempt = outgoing(feed, message())
    feed.send(attempt)
    (feed.directory / cap_index.INDEX_NAME).write_text("<feed/>")
    with pytest.raises(PermanentChannelError, match="index"):
        feed.read_back(attempt)


def test_a_directory_that_cannot_be_read_is_asked_again(feed):
    attempt = outgoing(feed, message())
    accepted = feed.send(attempt)
    file = feed.directory / f"{accepted.remote_id}.xml"
    file.unlink()
    file.mkdir()
    with pytest.raises(TransientChannelError):
        feed.read_back(attempt)
