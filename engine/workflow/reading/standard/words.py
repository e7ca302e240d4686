"""The names of BPMN's elements by kind, as the standard's class diagrams group them."""

from __future__ import annotations

TASKS = frozenset(
    {"task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask"}
)
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
CHOREOGRAPHY_ACTIVITIES = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"})
CATCH_EVENTS = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROW_EVENTS = frozenset({"endEvent", "intermediateThrowEvent", "implicitThrowEvent"})
EVENTS = CATCH_EVENTS | THROW_EVENTS | {"event"}
FLOW_NODES = ACTIVITIES | CHOREOGRAPHY_ACTIVITIES | GATEWAYS | EVENTS
CHOREOGRAPHIES = frozenset({"choreography", "globalChoreographyTask"})
CONTAINERS = ("process", "subProcess", "transaction", "adHocSubProcess", "choreography", "subChoreography",
              "globalChoreographyTask")  # fmt: skip
EVENT_DEFINITIONS = frozenset(
    f"{name}EventDefinition"
    for name in (
        "cancel", "compensate", "conditional", "error", "escalation", "link", "message", "signal", "terminate", "timer",
    )
)  # fmt: skip
GLOBAL_TASKS = frozenset(
    {"globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
)
CALLABLES = GLOBAL_TASKS | {"process"}
COLLABORATIONS = CHOREOGRAPHIES | {"collaboration", "globalConversation"}
CONVERSATION_NODES = frozenset({"conversation", "subConversation", "callConversation"})
INTERACTION_NODES = ACTIVITIES | EVENTS | CONVERSATION_NODES | {"participant"}
ITEM_AWARE = frozenset(
    {
        "dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "property", "dataInput", "dataOutput",
        "inputDataItem", "outputDataItem",
    }
)  # fmt: skip
