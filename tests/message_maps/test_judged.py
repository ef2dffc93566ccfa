"""Findings kept with the versions: the same as the linter's own, and judged anew when what they depend on changes."""

from dataclasses import replace

import sqlalchemy as sa

from hub.kernel.db import reading, transaction
from hub.message_maps import judged, versions
from hub.message_maps.lint import lint
from hub.message_maps.rules import Rules
from tests.shipped import shipped


def test_findings_are_kept_as_they_were_and_no_longer_than_they_hold(both_engines_app, settings, clock):
    rules = Rules(settings.site.languages, settings.maps.link_hosts)
    # The installation of this test has its rumour map only; with other hosts its links are findings.
    strict = replace(rules, link_hosts=("elsewhere.example",), sms_segments=1)
    situations = [each for each in shipped(settings).situations if each.id == "com.rumour"]
    with both_engines_app.app_context():
        with transaction() as session:
            versions.publish(session, situations, now=clock.now(), actor_name="hub")
            assert judged.judge(session, rules) == 1
            assert judged.judge(session, rules) == 0, "kept"
            assert judged.judge(session, strict) == 1, "other rules judge anew"
            judged.keep(session, versions.find(session, "com.rumour")[1], strict)
        ((_, stored),) = versions.current(reading())
        expected = tuple(lint(stored, strict))
        assert len(expected) > 2
        assert judged.findings(reading(), stored, strict) == expected
        assert judged.findings(reading(), stored, rules) == tuple(lint(stored, rules)), "nothing is kept of these"
        assert reading().scalar(sa.select(sa.func.count()).select_from(judged.MapJudged)) == 1, "old terms are gone"
