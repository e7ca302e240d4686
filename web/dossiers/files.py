"""Scans that come with a form, each kept with the paper that it shows."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from engine.dossiers import operations
from web.guard import actor
from web.unit_of_work import now, session

SCAN = "scan."


def keep_scans(dossier_id: int, components: Mapping[str, int]) -> None:
    """Keep the request's scans (`scan.<code>`); `components` gives the row of each code."""
    for name, file in request.files.items(multi=True):
        if file.filename and name.startswith(SCAN):
            component = components.get(name.removeprefix(SCAN))
            operations.add_attachment(
                session(), actor(), now(), dossier_id, file.filename, file.read(), component_id=component
            )
