"""``/metrics`` for Prometheus: the truth of the database, asked at each scrape, and this process's own requests.

What the database says is the same whichever process is asked. What a process counts itself carries the process's
number, so that several of them behind one address never look like one counter that jumps.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter as Counts
from collections.abc import Iterable, Iterator

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hub.alerts import promises
from hub.alerts import queries as alerts
from hub.alerts.planned import queries as plans
from hub.alerts.planned.models import ALIVE
from hub.cap.vocabulary import Status
from hub.dispatch import health, tally
from hub.dispatch.queries import sending_stopped
from hub.dispatch.states import OPEN
from hub.kernel.db import reading
from hub.web.operators import OPERATOR
from hub.web.parts import Parts, parts
from hub.web.security import access

log = logging.getLogger(__name__)

EXTENSION = "hub_metrics"
# Anyone can invent a method; a label must not grow with it.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# From a page out of memory to a worker's time-out.
REQUEST_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)

blueprint = Blueprint("metrics", __name__)


def init_app(app: Flask) -> None:
    """Registers ``/metrics`` and times every request. Must come first: what other parts refuse is timed too."""
    # A moment of birth beside each series, which nobody asks for.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
    registry = CollectorRegistry()
    registry.register(DatabaseMetrics())
    requests = Counter(
        "hub_http_requests",
        "Requests answered by this process",
        ["process", "method", "endpoint", "status"],
        registry=registry,
    )
    times = Histogram(
        "hub_http_request_seconds",
        "Time until an answer begins, by this process",
        ["process", "endpoint"],
        buckets=REQUEST_BOUNDS,
        registry=registry,
    )

    def started() -> None:
        g.started = time.monotonic()

    def answered(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        process, endpoint = str(os.getpid()), request.endpoint or "none"
        requests.labels(process, method, endpoint, str(response.status_code)).inc()
        times.labels(process, endpoint).observe(time.monotonic() - g.started)
        return response

    app.extensions[EXTENSION] = registry
    app.before_request(started)
    app.after_request(answered)
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
@access(OPERATOR)
def metrics() -> Response:
    """All metrics, in the format that the scraper asks for."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    response = Response(encode(current_app.extensions[EXTENSION]), content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


class DatabaseMetrics(Collector):
    """What the database knows. When it does not answer, that is the one thing that is said of it."""

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: there is no request, and so no database, when the registry asks."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Everything, as of now."""
        try:
            families = list(_families(parts()))
        except SQLAlchemyError:
            log.exception("the database does not answer; its metrics are left out")
            families = []
        up = "Whether the database answers (1) or not (0)"
        yield GaugeMetricFamily("hub_database_up", up, float(bool(families)))
        yield from families


def _families(hub: Parts) -> Iterator[Metric]:
    yield from _attempts()
    yield from _outbox(hub)
    yield from _dispatchers(hub)
    yield from _channels(hub)


def _attempts() -> Iterator[Metric]:
    counts = tally.read(reading())
    ended = CounterMetricFamily(
        "hub_deliveries", "Deliveries that an attempt brought to an end", labels=["channel", "outcome"]
    )
    times = HistogramMetricFamily(
        "hub_attempt_seconds", "Time that attempts took, by how they ended", labels=["channel", "outcome"]
    )
    ends: dict[tuple[str, str], int] = {}
    spans: dict[tuple[str, str], dict[str, tally.Count]] = {}
    for kind, count in counts.items():
        if kind.state not in OPEN:
            ends[kind.channel_id, kind.state] = ends.get((kind.channel_id, kind.state), 0) + count.number
        bucket = spans.setdefault((kind.channel_id, kind.outcome), {}).setdefault(kind.le, tally.Count())
        bucket.number += count.number
        bucket.seconds += count.seconds
    for labels, number in sorted(ends.items()):
        ended.add_metric(labels, number)
    for labels, span in sorted(spans.items()):
        buckets, total = [], 0
        for le in tally.LE:
            total += span[le].number if le in span else 0
            buckets.append((le, float(total)))
        times.add_metric(labels, buckets, sum(count.seconds for count in span.values()))
    yield ended
    yield times


def _outbox(hub: Parts) -> Iterator[Metric]:
    session, now = reading(), hub.clock.now()
    by_channel = ["channel"]
    due = GaugeMetricFamily("hub_outbox_due", "Deliveries that could leave now", labels=by_channel)
    later = GaugeMetricFamily("hub_outbox_later", "Deliveries that wait for another try", labels=by_channel)
    leased = GaugeMetricFamily("hub_outbox_leased", "Deliveries under way", labels=by_channel)
    lapsed = GaugeMetricFamily("hub_outbox_lapsed", "Leases past their end", labels=by_channel)
    oldest = GaugeMetricFamily("hub_outbox_oldest_seconds", "Age of the oldest open delivery", labels=by_channel)
    queues = health.queues(session, now)
    for channel_id in sorted({*hub.channels, *queues}):
        queue = queues.get(channel_id, health.Queue())
        due.add_metric([channel_id], queue.due)
        later.add_metric([channel_id], queue.later)
        leased.add_metric([channel_id], queue.leased)
        lapsed.add_metric([channel_id], queue.lapsed)
        oldest.add_metric([channel_id], (now - queue.since).total_seconds() if queue.since else 0.0)
    yield from (due, later, leased, lapsed, oldest)
    waiting = GaugeMetricFamily("hub_planned_sends", "Alerts confirmed to be sent later, by state", labels=["state"])
    found = plans.counts(session)
    for state in ALIVE:
        waiting.add_metric([str(state)], found[state])
    yield waiting
    broken = Counts(
        str(promise.alert.status) for promise in promises.overdue(session, alerts.open_alerts(session, now), now)
    )
    late = GaugeMetricFamily("hub_promises_overdue", "Promised messages that have not come", labels=["status"])
    for status in (Status.ACTUAL, Status.EXERCISE):
        late.add_metric([str(status)], broken[str(status)])
    yield late
    stopped = float(sending_stopped(session) is not None)
    yield GaugeMetricFamily("hub_sending_stopped", "Whether a person has stopped all sending", stopped)


def _dispatchers(hub: Parts) -> Iterator[Metric]:
    session, now = reading(), hub.clock.now()
    running = sum(one.alive(now) for one in health.seen(session))
    yield GaugeMetricFamily("hub_dispatchers", "Dispatchers that are alive, on all hosts", running)
    if (answers := hub.doorbell_answers()) is not None:
        yield GaugeMetricFamily(
            "hub_redis_up", "Whether the doorbell's Redis answered a few seconds ago", float(answers)
        )
    age = GaugeMetricFamily("hub_dispatcher_seen_seconds", "Time since the latest sign of life of any dispatcher")
    if latest := health.last_sign(session):
        age.add_metric([], (now - latest).total_seconds())
    yield age


def _channels(hub: Parts) -> Iterator[Metric]:
    session, now = reading(), hub.clock.now()
    well = GaugeMetricFamily("hub_channel_well", "Whether the last check of a channel was good", labels=["channel"])
    age = GaugeMetricFamily("hub_channel_checked_seconds", "Time since that check", labels=["channel"])
    for channel_id, look in sorted(health.checks(session).items()):
        if look.checked_at and channel_id in hub.channels:
            well.add_metric([channel_id], float(look.fault is None))
            age.add_metric([channel_id], (now - look.checked_at).total_seconds())
    yield from (well, age)
    lately = GaugeMetricFamily(
        "hub_deliveries_in_trouble", "Deliveries that failed or may have, in the last hour", labels=["channel", "state"]
    )
    for (channel_id, state), number in sorted(health.troubles(session, now - health.LATELY).items()):
        lately.add_metric([channel_id, str(state)], number)
    yield lately
