"""Where people read about a publication: at its alert, or at the rumour that it answered."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for

from hub.kernel.db import reading
from hub.rumours.models import RumourVersion


def page_of(publication_id: str) -> str:
    """The address of the page that shows a publication's progress."""
    version = reading().scalar(sa.select(RumourVersion).where(RumourVersion.publication_id == publication_id))
    if version is None:
        return url_for("console.alert", identifier=publication_id)
    return url_for("console.rumour_version", rumour_id=version.rumour_id, number=version.number)
