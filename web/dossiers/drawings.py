"""What the diagram viewer is given: the diagrams of a version and where a dossier stands in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.catalogue.queries import version_file, version_file_names
from engine.dossiers.standing import DiagramMarks
from engine.workflow import diagram_in_english
from web.language import language

DIAGRAM = ".bpmn"


def drawing(session: Session, version_id: int, marks: DiagramMarks | None = None) -> dict[str, Any]:
    """The diagrams in the reader's language and the marks, as the browser reads them; a shared file is called like its
    process."""
    names = [name for name in version_file_names(session, version_id) if name.endswith(DIAGRAM)]
    return {
        "root": "procedure",
        "diagrams": {
            name.rsplit("/", 1)[-1].removesuffix(DIAGRAM): _drawn(version_file(session, version_id, name))
            for name in names
        },
        "marks": _marks(marks) if marks else [],
    }


def _drawn(diagram: bytes) -> str:
    return (diagram if language() == "vi" else diagram_in_english(diagram)).decode("utf-8")


def _marks(marks: DiagramMarks) -> list[dict[str, Any]]:
    return [
        {"element": element, "path": path.split("/") if path else [], "progress": progress}
        for progress, places in (("done", marks.done), ("waiting", marks.waiting), ("open", marks.open))
        for path, elements in places.items()
        for element in sorted(elements)
    ]
