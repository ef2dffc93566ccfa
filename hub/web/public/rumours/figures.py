"""How well the register works, in public: time to a verdict, corrections, matching, counts a month."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask_babel import format_percent, gettext

from hub.kernel.db import reading
from hub.rumours.register.statistics import Share, statistics
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.answers import page
from hub.web.public.blueprint import blueprint
from hub.web.public.rumours.charts import Bar, bars
from hub.web.security import access

# Two years; what is older stands in the open data.
MONTHS = 24
MINUTES_AN_HOUR = 60


@blueprint.get("/rumeurs/statistiques")
@access("public")
def rumours_statistics() -> Response:
    """The figures, each chart with its table."""
    found = statistics(reading(), parts().settings.site.timezone)
    published = [Bar(month, count, str(count)) for month, count in list(found.published.items())[-MONTHS:]]
    verdicts = [
        Bar(say(LABELS[each]), found.verdicts[each], str(found.verdicts[each]))
        for each in Verdict
        if each in found.verdicts
    ]
    waits = [
        Bar(month, wait.total_seconds(), duration(wait))
        for month, wait in list(found.to_verdict_by_month.items())[-MONTHS:]
    ]
    charts = [
        (name, kind, drawn, bars(name, drawn))
        for name, kind, drawn in (
            (gettext("Rumours answered, by month"), gettext("Month"), published),
            (gettext("Present verdicts"), gettext("Verdict"), verdicts),
            (gettext("Median time to a verdict, by month"), gettext("Month"), waits),
        )
        if drawn
    ]
    return page(
        "public/rumours/figures.html",
        found=found,
        wait=duration(found.to_verdict) if found.to_verdict is not None else "",
        share=_share,
        charts=charts,
    )


def duration(wait: timedelta) -> str:
    """A time as people say it: minutes, or hours and minutes."""
    minutes = max(0, round(wait.total_seconds() / 60))
    if minutes < MINUTES_AN_HOUR:
        return str(gettext("%(minutes)s min", minutes=minutes))
    return str(gettext("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=f"{minutes % 60:02}"))


def _share(share: Share) -> str:
    if share.ratio is None:
        return str(gettext("nothing to count yet"))
    words = gettext(
        "%(percent)s (%(part)s of %(whole)s)",
        percent=format_percent(share.ratio, "0.0 %"),
        part=share.part,
        whole=share.whole,
    )
    return str(words)
