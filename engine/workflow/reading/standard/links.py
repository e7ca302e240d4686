"""Link events: each throwing one finds its catching one in the same process or sub-process, by reference or by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from engine.workflow.reading.standard.model import Element, Model, kind
from engine.workflow.reading.standard.rules import Violation, rule


@dataclass(frozen=True)
class _Link:
    """An end of a link: its event, the process or sub-process it stands in, and the other ends that it refers to."""

    event: Element
    definition: Element
    place: Element | None
    name: str
    others: tuple[Element, ...]


def _links(model: Model, event_kind: str) -> list[_Link]:
    referring = "target" if event_kind == "intermediateThrowEvent" else "source"
    return [
        _Link(
            event,
            definition,
            model.container(event),
            definition.get("name", "").strip(),
            tuple(model.all_referred(definition, referring)),
        )
        for event in model.of(event_kind)
        for definition in model.definitions(event)
        if kind(definition) == "linkEventDefinition"
    ]


def _alone(model: Model, event_kind: str, other_kind: str) -> Iterator[Violation]:
    """The ends of links that have no other end here: none that either refers to, none of the same name."""
    others = _links(model, other_kind)
    named = {(other.place, other.name) for other in others}
    placed = {(other.place, other.definition) for other in others}
    referring = {(other.place, definition) for other in others for definition in other.others}
    for link in _links(model, event_kind):
        found = any((link.place, definition) in placed for definition in link.others)
        if not found and (link.place, link.name) not in named and (link.place, link.definition) not in referring:
            yield link.event, link.name


@rule(
    "link-without-target",
    "Không có sự kiện liên kết nhận cho “{detail}” trong phạm vi này.",
    "There is no catching link event for “{detail}” here.",
    "Đặt cùng tên cho hai đầu của liên kết, trong cùng phạm vi.",
    "Give both ends of the link the same name, in the same process or sub-process.",
)
def link_without_target(model: Model) -> Iterator[Violation]:
    """Every throwing link has its catching link beside it."""
    return _alone(model, "intermediateThrowEvent", "intermediateCatchEvent")


@rule(
    "link-without-source",
    "Không có sự kiện liên kết phát cho “{detail}” trong phạm vi này.",
    "There is no throwing link event for “{detail}” here.",
    "Đặt cùng tên cho hai đầu của liên kết, trong cùng phạm vi.",
    "Give both ends of the link the same name, in the same process or sub-process.",
)
def link_without_source(model: Model) -> Iterator[Violation]:
    """Every catching link has a throwing link beside it."""
    return _alone(model, "intermediateCatchEvent", "intermediateThrowEvent")


@rule(
    "link-ends-agree",
    "Đầu kia của liên kết “{detail}” không trỏ ngược lại.",
    "The other end of the link “{detail}” does not refer back.",
    "Ghi target ở sự kiện phát và source ở sự kiện nhận cho khớp nhau.",
    "Make the target of the throwing event and the source of the catching event agree.",
)
def link_ends_agree(model: Model) -> Iterator[Violation]:
    """The ends of a link that refer to each other do so on both sides."""
    links = [*_links(model, "intermediateThrowEvent"), *_links(model, "intermediateCatchEvent")]
    said = {(link.definition, other) for link in links for other in link.others}
    for link in links:
        if any((other, link.definition) not in said for other in link.others):
            yield link.event, link.name


@rule(
    "link-target-single",
    "Có nhiều sự kiện liên kết nhận cùng tên “{detail}”.",
    "Several catching link events are called “{detail}”.",
    "Chỉ giữ một đích cho mỗi liên kết.",
    "Keep one target for each link.",
)
def link_target_single(model: Model) -> Iterator[Violation]:
    """A link that is found by its name leads to one place."""
    links = [link for link in _links(model, "intermediateCatchEvent") if not link.others]
    counted = Counter((link.place, link.name) for link in links)
    return ((link.event, link.name) for link in links if counted[link.place, link.name] > 1)


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
