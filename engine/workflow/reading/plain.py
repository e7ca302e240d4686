"""What a diagram that was drawn elsewhere leaves open, and what that means when it is traced.

- A task whose work is not said (no topic, no decision, a web service) is done without a result: a trace calls nobody.
- A script that is one bare word or label says nothing that could be done; it is a step without an effect. Any other
  script that is not in our language is refused.
- A message or signal event that names nothing has the element's id for a name.
"""

from __future__ import annotations

import re

from engine.workflow.reading.model import Node, Process

UNSPECIFIED = "unspecified"
"""The attribute of a task that is only a step."""
_LABEL = re.compile(r"\w+(?:[-.:]\w+)*")
_SAYS_ITS_WORK = ("topic", "expression", "class", "delegateExpression", "decisionRef", "type", "connectorId")


def make_plain(process: Process) -> None:
    """Fill in what the process leaves open; nothing that it says is changed."""
    for node in process.scope.all_nodes():
        if _is_unspecified(node):
            node.attributes[UNSPECIFIED] = "true"
        if node.type != "startEvent":
            for event in node.events:
                if event.kind in ("message", "signal") and event.reference is None and event.name is None:
                    event.name = node.id


def _is_unspecified(node: Node) -> bool:
    if node.type == "scriptTask":
        text = (node.script or "").strip()
        return not text or _LABEL.fullmatch(text) is not None
    if node.type in ("serviceTask", "businessRuleTask"):
        return not any(name in node.attributes for name in _SAYS_ITS_WORK)
    return False
