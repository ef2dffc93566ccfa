"""The OpenAPI document, and the API held to it by schemathesis: what it allows works, what it forbids is refused."""

from __future__ import annotations

import json

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.web.partner_api.programs import REPORT, UPDATE

CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
)
OPERATIONS = 9


@pytest.fixture
def overrides(overrides):
    return {**overrides, "security": {"partner_requests_per_second": 1000, "partner_triggers_per_minute": 1000}}


@pytest.fixture
def document(town):
    answer = town.test_client().get("/api/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return answer.json


def operations(document):
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post"}
    ]


def test_every_operation_says_what_can_go_wrong(document):
    assert document["openapi"].startswith("3.1")
    found = operations(document)
    assert len(found) == OPERATIONS
    for method, path, operation in found:
        wrong = {status for status in operation["responses"] if status >= "400"}
        assert wrong >= {"401", "403", "429", "500", "503"}, path
        if method == "post":
            assert wrong >= {"400", "404", "409", "413", "415", "422"}, path
        for status in wrong:
            assert list(operation["responses"][status]["content"]) == ["application/problem+json"], (path, status)
        assert operation["summary"]


def test_what_sends_asks_for_an_idempotency_key(document):
    sending = [path for _, path, operation in operations(document) if operation.get("parameters")]
    assert "/api/v1/alerts" in sending
    assert document["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}


def test_the_address_of_the_document_needs_no_key_and_sets_no_cookie(town):
    assert "Set-Cookie" not in town.test_client().get("/api/openapi.json").headers


def test_the_api_does_what_its_document_says(town, sdis):
    """Forty requests an operation, some of them against the document, on a hub with an open alert."""
    sdis.send()
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", town)
    seen = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @hypothesis.settings(
            max_examples=40,
            deadline=None,  # a slow machine is no fault of the API
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(
            case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
            | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        )
        def ask(case):
            answer = case.call(headers=sdis.headers())
            seen.add(answer.status_code)
            case.validate_response(answer, checks=list(CHECKS))

        ask()
    assert seen >= {200, 404, 422}


def test_a_real_exchange_is_what_the_document_says(town, sdis, clock):
    """The answers that random requests never reach: previews, alerts, follow-ups."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", town)
    identifier = sdis.send()
    clock.advance(60)
    shown = sdis.post(f"/alerts/{identifier}/follow-ups/preview", UPDATE)
    sent = sdis.post(f"/alerts/{identifier}/follow-ups", shown.json["confirmation"], "f1")
    reported = sdis.post("/reports", REPORT, "r1")
    exchanges = {
        ("/api/v1/alerts/{identifier}/follow-ups/preview", "POST"): shown,
        ("/api/v1/alerts/{identifier}/follow-ups", "POST"): sent,
        ("/api/v1/alerts/{identifier}", "GET"): sdis.get(f"/alerts/{sent.json['identifier']}"),
        ("/api/v1/alerts", "GET"): sdis.get("/alerts"),
        ("/api/v1/situations", "GET"): sdis.get("/situations"),
        ("/api/v1/reports", "POST"): reported,
        ("/api/v1/reports/{report_id}", "GET"): sdis.get(f"/reports/{reported.json['report']}"),
    }
    for (path, method), answer in exchanges.items():
        assert answer.status_code in {200, 201}
        schema[path][method].validate_response(answer)
        json.loads(answer.data)
