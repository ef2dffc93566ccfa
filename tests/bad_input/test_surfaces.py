"""Text that looks like something else is text on every surface: confirmation, console, public pages, feeds, files."""

from __future__ import annotations

import pytest
from lxml import etree, html

# Pages that show the text of the alert itself; lists show headlines.
WHOLE = {"confirmation", "console", "page"}

ODD = [
    "{{7*7}} {% raw %}",
    "<script>alert(1)</script>",
    "</textarea><b>x</b>",
    "&lt;b&gt; &amp;",
    "\"' onclick=alert(1)",
    "[S] rue [H] \\[",
    '=HYPERLINK("x")',
    "%s %(zones)s {0} {zones}",
    "a@b.fr",
    "x]]> <!-- y -->",
    "${jndi:ldap://x}",
    "1' OR '1'='1",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_is_only_text_everywhere(town, anne, settings, odd):
    anne.confirm(**{"blanks.zones": odd})
    confirmation = anne.page
    identifier = anne.send(**{"blanks.zones": odd})
    engine = town.extensions["hub"].engine
    assert engine.run_until_idle(20)
    reader = town.test_client()
    pages = {
        "confirmation": confirmation,
        "console": anne.get(f"/console/alerts/{identifier}").text,
        "console home": anne.get("/console/").text,
        "console archive": anne.get("/console/alerts").text,
        "page": reader.get(f"/alertes/{identifier}").text,
        "home": reader.get("/").text,
        "archive": reader.get("/archives").text,
    }
    for name, page in pages.items():
        tree = html.fromstring(page)
        assert not tree.xpath("//script[not(@src)] | //b | //*[@onclick]"), name
        assert name not in WHOLE or odd in tree.text_content(), name
    cap = etree.fromstring(reader.get(f"/cap/{identifier}.xml").data)
    assert odd in "".join(cap.itertext())
    feed = etree.fromstring(reader.get("/cap/index.atom").data)
    assert feed.tag.endswith("feed")
    (file,) = (settings.data.directory / "spool" / "essai").glob("*.txt")
    assert odd in file.read_text(encoding="utf-8")
