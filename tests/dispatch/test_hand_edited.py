"""Rows that somebody has edited by hand into what cannot be: the others leave, and nothing is stuck for ever."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub.dispatch.models import bodies, deliveries
from hub.kernel.db import transaction


def edit(post, **values):
    """Edits the first of the two deliveries."""
    with post.app.app_context(), transaction() as session:
        first = sa.select(sa.func.min(deliveries.c.id)).scalar_subquery()
        session.execute(sa.update(deliveries).where(deliveries.c.id == first).values(**values))


@pytest.mark.parametrize(
    "values", [{"state": "sent"}, {"state": ""}, {"destination_id": 10**6}, {"publication_id": "x"}]
)
def test_what_the_database_itself_refuses(post, values):
    post.destinations("x/1", "y/1")
    post.publish()
    with pytest.raises(IntegrityError):
        edit(post, **values)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"state": "leased"}, "accepted"),
        ({"lease_token": "f" * 32}, "accepted"),
        ({"attempts": -5}, "accepted"),
        ({"attempts": 10**6}, "accepted"),
        ({"channel_id": "no-such-channel"}, "failed"),
        ({"waits_for_id": deliveries.c.id}, "expired"),
        ({"lane": 99}, "expired"),
        ({"host": ""}, "accepted"),
    ],
)
def test_an_impossible_row_holds_up_no_other(post, values, state):
    post.destinations("x/1", "y/1")
    post.publish()
    edit(post, **values)
    post.run()
    assert post.states()[1] == "accepted"
    if state == "expired":
        post.clock.advance(24 * 3600)
        post.run()
    assert post.states() == [state, "accepted"]
    assert post.adapter().addresses().count("y/1") == 1


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}"])
def test_a_body_that_is_none_fails_alone(post, body):
    post.destinations("x/1")
    post.publish("a1")
    with post.app.app_context(), transaction() as session:
        session.execute(sa.update(bodies).values(body=body))
    post.publish("a2")
    post.run()
    assert (post.states("a1"), post.states("a2")) == (["failed"], ["accepted"])
