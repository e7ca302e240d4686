"""Link events: each throwing one finds its catching one, by name and in the same process or sub-process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.workflow.reading.standard.model import Element, Model, kind
from engine.workflow.reading.standard.rules import Violation, rule


def _links(model: Model, event_kind: str) -> Iterator[tuple[Element, Element | None, str]]:
    """Link events with the process or sub-process they stand in and the name of their link."""
    for event in model.of(event_kind):
        for definition in model.definitions(event):
            if kind(definition) == "linkEventDefinition":
                yield event, model.container(event), definition.get("name", "").strip()


@rule(
    "link-without-target",
    "Không có sự kiện liên kết nhận mang tên “{detail}” trong phạm vi này.",
    "No catching link event is called “{detail}” here.",
    "Đặt cùng tên cho hai đầu của liên kết, trong cùng phạm vi.",
    "Give both ends of the link the same name, in the same process or sub-process.",
)
def link_without_target(model: Model) -> Iterator[Violation]:
    """Every throwing link has its catching link beside it."""
    known = {(place, name) for _, place, name in _links(model, "intermediateCatchEvent")}
    return (
        (event, name) for event, place, name in _links(model, "intermediateThrowEvent") if (place, name) not in known
    )


@rule(
    "link-without-source",
    "Không có sự kiện liên kết phát mang tên “{detail}” trong phạm vi này.",
    "No throwing link event is called “{detail}” here.",
    "Đặt cùng tên cho hai đầu của liên kết, trong cùng phạm vi.",
    "Give both ends of the link the same name, in the same process or sub-process.",
)
def link_without_source(model: Model) -> Iterator[Violation]:
    """Every catching link has a throwing link beside it."""
    known = {(place, name) for _, place, name in _links(model, "intermediateThrowEvent")}
    return (
        (event, name) for event, place, name in _links(model, "intermediateCatchEvent") if (place, name) not in known
    )


@rule(
    "link-target-single",
    "Có nhiều sự kiện liên kết nhận cùng tên “{detail}”.",
    "Several catching link events are called “{detail}”.",
    "Chỉ giữ một đích cho mỗi liên kết.",
    "Keep one target for each link.",
)
def link_target_single(model: Model) -> Iterator[Violation]:
    """A link leads to one place."""
    links = list(_links(model, "intermediateCatchEvent"))
    counted = Counter((place, name) for _, place, name in links)
    return ((event, name) for event, place, name in links if counted[place, name] > 1)


@rule(
    "link-alone",
    "Sự kiện liên kết không được kết hợp với loại sự kiện khác.",
    "A link event has no other event definition.",
    "Tách thành hai sự kiện.",
    "Make two events of it.",
)
def link_alone(model: Model) -> Iterator[Violation]:
    """A link is not one of several triggers."""
    for event in model.of("intermediateCatchEvent", "intermediateThrowEvent"):
        triggers = model.triggers(event)
        if "link" in triggers and len(triggers) > 1:
            yield event
