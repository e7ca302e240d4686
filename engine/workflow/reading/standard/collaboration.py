"""Participants, message flows, conversations, lanes and artifacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.model import (
    Element,
    Model,
    child,
    children,
    is_true,
    kind,
    text,
)
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import CONVERSATION_NODES

_SENDS: Final = frozenset({"endEvent", "intermediateThrowEvent"})
_AROUND: Final = ("participantAssociation", "messageFlowAssociation", "conversationAssociation", "association", "group",
                  "textAnnotation")  # fmt: skip
_RECEIVES: Final = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})


def _pool(model: Model, node: Element) -> Element | None:
    """The process that stands for a participant: its own, or the one that a node is in."""
    if kind(node) == "participant":
        process = model.referred(node, "processRef")
        return process if process is not None else node
    if kind(node) in CONVERSATION_NODES:
        return None
    return model.process(node)


def _ends(model: Model) -> Iterator[tuple[Element, Element, Element]]:
    for flow in model.of("messageFlow"):
        source, target = model.source(flow), model.target(flow)
        if source is not None and target is not None:
            yield flow, source, target


@rule(
    "message-flow-same-pool",
    "Đường thông điệp nối hai phần tử của cùng một bên.",
    "The message flow connects two elements of the same participant.",
    "Trong một bên thì dùng đường nối tuần tự.",
    "Within one participant draw a sequence flow.",
)
def message_flow_same_pool(model: Model) -> Iterator[Violation]:
    """Messages pass between different participants."""
    for flow, source, target in _ends(model):
        pool = _pool(model, source)
        if source is target or (pool is not None and pool is _pool(model, target)):
            yield flow


@rule(
    "message-flow-source",
    "Thông điệp không thể đi ra từ phần tử này ({detail}).",
    "No message can come from this element ({detail}).",
    "Gửi từ một bên, một công việc hoặc một sự kiện phát thông điệp.",
    "Send it from a participant, a task or a throwing message event.",
)
def message_flow_source(model: Model) -> Iterator[Violation]:
    """Catching events and receive tasks send nothing; throwing events send only as message events."""
    for flow, source, _ in _ends(model):
        is_silent = kind(source) in _RECEIVES or kind(source) == "receiveTask"
        if is_silent or (kind(source) in _SENDS and not {"message", "elsewhere"} & set(model.triggers(source))):
            yield flow, kind(source)


@rule(
    "message-flow-target",
    "Thông điệp không thể đi tới phần tử này ({detail}).",
    "No message can go to this element ({detail}).",
    "Gửi tới một bên, một công việc hoặc một sự kiện chờ thông điệp.",
    "Send it to a participant, a task or a catching message event.",
)
def message_flow_target(model: Model) -> Iterator[Violation]:
    """Throwing events and send tasks receive nothing; catching events receive only as message events."""
    for flow, _, target in _ends(model):
        is_deaf = kind(target) in _SENDS or kind(target) == "sendTask"
        if is_deaf or (kind(target) in _RECEIVES and not {"message", "elsewhere"} & set(model.triggers(target))):
            yield flow, kind(target)


@rule(
    "message-flow-message",
    "Thông điệp của đường nối khác với thông điệp của phần tử gửi hoặc nhận.",
    "The message of the flow is not the message of what sends or receives it.",
    "Chọn cùng một thông điệp.",
    "Choose the same message.",
    "warning",
)
def message_flow_message(model: Model) -> Iterator[Violation]:
    """A message flow carries what its ends send and receive."""
    for flow, source, target in _ends(model):
        message = model.referred(flow, "messageRef")
        for end in (source, target):
            named = [model.referred(each, "messageRef") for each in [end, *children(end, "messageEventDefinition")]]
            known = [each for each in named if each is not None]
            if message is not None and len(known) == 1 and known[0] is not message:
                yield flow


@rule(
    "participant-multiplicity",
    "Số lượng tối đa phải từ 1 trở lên và không nhỏ hơn số tối thiểu.",
    "The maximum must be 1 or more, and not less than the minimum.",
    "Sửa minimum, maximum.",
    "Correct minimum and maximum.",
)
def participant_multiplicity(model: Model) -> Iterator[Violation]:
    """The bounds of a participant's number make sense."""
    for each in model.of("participantMultiplicity"):
        try:
            minimum, maximum = int(each.get("minimum", "0")[:20]), int(each.get("maximum", "1")[:20])
        except ValueError:
            continue
        if minimum < 0 or maximum < 1 or maximum < minimum:
            yield each


@rule(
    "participant-association",
    "participantAssociation nối sai phía: outer phải ở đây, inner ở phần tử được gọi.",
    "A participant association mixes up its sides: outer is here, inner is in what is called.",
    "Đổi lại innerParticipantRef và outerParticipantRef.",
    "Correct innerParticipantRef and outerParticipantRef.",
)
def participant_association(model: Model) -> Iterator[Violation]:
    """The inner participant belongs to the called collaboration or choreography."""
    for association in model.of("participantAssociation"):
        caller = association.getparent()
        if caller is None or kind(caller) not in ("callChoreography", "callConversation"):
            continue
        name = "calledChoreographyRef" if kind(caller) == "callChoreography" else "calledCollaborationRef"
        called = model.referred(caller, name)
        for inner in model.all_referred(association, "innerParticipantRef"):
            if called is not None and inner.getparent() is not called:
                yield association


@rule(
    "public-process-executable",
    "Quy trình công khai không thể là quy trình chạy được.",
    "A public process cannot be executable.",
    'Đổi processType, hoặc bỏ isExecutable="true".',
    'Change processType, or remove isExecutable="true".',
)
def public_process_executable(model: Model) -> Iterator[Violation]:
    """Only private processes are executable."""
    for process in model.of("process"):
        if process.get("processType") == "Public" and is_true(process, "isExecutable"):
            yield process


# -- conversations ----------------------------------------------------------------------------------------------------


@rule(
    "conversation-link-ends",
    "Liên kết hội thoại phải nối một hội thoại với một bên tham gia.",
    "A conversation link connects a conversation with something that takes part.",
    "Nối một đầu vào hội thoại, đầu kia vào bên tham gia.",
    "Connect one end to a conversation and the other to a participant.",
)
def conversation_link_ends(model: Model) -> Iterator[Violation]:
    """Exactly one end of a conversation link is a conversation."""
    for link in model.of("conversationLink"):
        ends = model.source(link), model.target(link)
        if None not in ends and sum(kind(end) in CONVERSATION_NODES for end in ends) != 1:
            yield link


@rule(
    "global-conversation-content",
    "Hội thoại dùng chung không chứa hội thoại khác, liên kết giữa các bên hay chú thích.",
    "A global conversation contains no conversations, associations or artifacts.",
    "Dùng collaboration thay cho globalConversation.",
    "Use a collaboration instead.",
)
def global_conversation_content(model: Model) -> Iterator[Violation]:
    """A global conversation is one conversation, without anything around it."""
    return (each for each in model.of("globalConversation") if children(each, *CONVERSATION_NODES, *_AROUND))


@rule(
    "choreography-reference",
    "Bản phối hợp và hội thoại dùng chung không trỏ tới bản phối hợp khác.",
    "A choreography or a global conversation refers to no choreography.",
    "Bỏ choreographyRef, hoặc dùng collaboration.",
    "Remove choreographyRef, or use a collaboration.",
)
def choreography_reference(model: Model) -> Iterator[Violation]:
    """Only a collaboration shows choreographies between its participants."""
    owners = model.of("choreography", "globalChoreographyTask", "globalConversation")
    return (each for each in owners if child(each, "choreographyRef") is not None)


@rule(
    "choreography-closed",
    "isClosed khác với isClosed của bản phối hợp mà nó trỏ tới.",
    "isClosed is not the same as in the choreography that it refers to.",
    "Ghi isClosed giống nhau ở hai nơi.",
    "Write the same isClosed in both.",
)
def choreography_closed(model: Model) -> Iterator[Violation]:
    """A collaboration is closed exactly if the choreographies it refers to are."""
    for collaboration in model.of("collaboration"):
        for choreography in model.all_referred(collaboration, "choreographyRef"):
            if is_true(collaboration, "isClosed") != is_true(choreography, "isClosed"):
                yield collaboration
                break


# -- lanes and artifacts ----------------------------------------------------------------------------------------------


@rule(
    "lane-node-scope",
    "Làn chứa một phần tử của quy trình khác: {detail}.",
    "A lane lists an element of another process: {detail}.",
    "Chỉ liệt kê phần tử của quy trình này.",
    "List elements of this process only.",
)
def lane_node_scope(model: Model) -> Iterator[Violation]:
    """A lane lists nodes of its own process."""
    for reference in model.of("flowNodeRef"):
        lane, node = reference.getparent(), model.local(text(reference))
        if lane is not None and node is not None and model.process(node) is not model.process(lane):
            yield lane, text(reference)[:80]


@rule(
    "lane-node-single",
    "Phần tử “{detail}” nằm trong nhiều làn cạnh nhau.",
    "The element “{detail}” is in several lanes beside each other.",
    "Giữ nó trong một làn.",
    "Keep it in one lane.",
)
def lane_node_single(model: Model) -> Iterator[Violation]:
    """Of the lanes of one lane set, a node is in one."""
    for lane_set in model.of("laneSet", "childLaneSet"):
        lanes = children(lane_set, "lane")
        named = [{text(each) for each in children(lane, "flowNodeRef")} for lane in lanes]
        counted = Counter(name for names in named for name in names)
        for lane, names in zip(lanes, named, strict=True):
            for name in sorted(names):
                if counted[name] > 1:
                    yield lane, name[:80]


@rule(
    "partition-element-single",
    "Làn vừa có partitionElement vừa có partitionElementRef.",
    "A lane has both a partition element and a reference to one.",
    "Giữ lại một.",
    "Keep one of them.",
)
def partition_element_single(model: Model) -> Iterator[Violation]:
    """A lane is partitioned by one thing."""
    for lane in model.of("lane"):
        if lane.get("partitionElementRef") is not None and child(lane, "partitionElement") is not None:
            yield lane


@rule(
    "association-end",
    "Liên kết không nối tới phần tử có thể liên kết ({detail}).",
    "An association does not connect things that can be associated ({detail}).",
    "Nối tới phần tử của sơ đồ hoặc chú thích.",
    "Connect it to elements of the diagram or to annotations.",
)
def association_end(model: Model) -> Iterator[Violation]:
    """An association does not connect itself, or an element with itself."""
    for association in model.of("association"):
        source, target = model.source(association), model.target(association)
        if source is not None and (source is target or association in (source, target)):
            yield association, source.get("id") or kind(source)
