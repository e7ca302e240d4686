"""Small forms for the tests, built from form-js components."""

from __future__ import annotations

from typing import Any

import orjson

from engine.forms import Form, read_form


def component(kind: str, key: str, **attributes: Any) -> dict[str, Any]:
    """A form-js component as the editor writes it."""
    return {"type": kind, "id": f"Field_{key}", "key": key, "label": key.capitalize(), **attributes}


def document(*components: dict[str, Any]) -> bytes:
    """A form-js file with these components."""
    form = {"type": "default", "id": "sample", "schemaVersion": 19, "components": list(components)}
    return orjson.dumps(form, option=orjson.OPT_INDENT_2)


def form_of(*components: dict[str, Any]) -> Form:
    """The form with these components, read."""
    return read_form(document(*components))


def choices(*values: str) -> list[dict[str, str]]:
    """The `values` of a select, radio, checklist or taglist."""
    return [{"value": value, "label": value.upper()} for value in values]
