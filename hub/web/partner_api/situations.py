"""The catalogue: what can be warned of, in which words, with which blanks."""

from __future__ import annotations

from typing import Any

from hub.kernel.db import reading
from hub.message_maps import versions
from hub.web.partner_api import answers, schemas
from hub.web.partner_api.blueprint import Gives, operation
from hub.web.parts import parts


@operation("/situations", "map.read", Gives(schemas.Situations))
def situations() -> dict[str, Any]:
    """List the situations with their messages and the blanks that each message asks."""
    languages = parts().settings.site.languages
    return {
        "situations": [
            answers.of_situation(version_id, situation, languages)
            for version_id, situation in versions.current(reading())
        ]
    }
