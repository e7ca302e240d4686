"""Write small BPMN files for the rules of the standard, and read the rules they break."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from engine.workflow import check_diagram

PRELUDE = (
    "<itemDefinition id='item'/><itemDefinition id='items' isCollection='true'/>"
    "<message id='m' itemRef='item'/><message id='n'/><signal id='s'/>"
    "<error id='e' errorCode='E'/><escalation id='x' escalationCode='X'/>"
    "<interface id='service' name='service'><operation id='o' name='o'><inMessageRef>m</inMessageRef>"
    "<outMessageRef>n</outMessageRef></operation></interface>"
)
_IS_ROOT = re.compile(
    r"\s*<(process|collaboration|choreography|globalConversation|itemDefinition|message|error|resource|import"
    r"|correlationProperty|timerEventDefinition|signalEventDefinition)\b"
)


def _flows(way: re.Match[str]) -> str:
    ids = [each.strip() for each in way.group(1).split(">")]
    return "".join(f"<sequenceFlow id='{a}_{b}' sourceRef='{a}' targetRef='{b}'/>" for a, b in pairwise(ids))


def write(body: str, namespace: str = "here") -> bytes:
    """A BPMN file of an example's words."""
    body = re.sub(r"\[(\w+(?: > \w+)+)\]", _flows, body)
    imports = "".join(re.findall(r"<import [^>]*/>", body))
    body = re.sub(r"<import [^>]*/>", "", body)
    if not _IS_ROOT.match(body):
        nodes, artifacts = re.sub(r"<(association|textAnnotation|group) [^>]*/>", "", body), ""
        artifacts = "".join(each.group() for each in re.finditer(r"<(association|textAnnotation|group) [^>]*/>", body))
        body = f"<process id='p'>{nodes}{artifacts}</process>"
    return (
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:xsd='http://www.w3.org/2001/XMLSchema' "
        "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        "xmlns:bpmndi='http://www.omg.org/spec/BPMN/20100524/DI' xmlns:foreign='urn:some:tool' xmlns:there='there' "
        f"targetNamespace='{namespace}'>{imports}{PRELUDE}\n{body}</definitions>"
    ).encode()


@pytest.fixture(scope="session")
def draw_model() -> Callable[..., bytes]:
    """Writes a BPMN file."""
    return write


@pytest.fixture(scope="session")
def broken_rules() -> Callable[..., dict[str, str]]:
    """The rules of the standard that an example breaks, with the severity; `beside` are files that it may import."""

    def find(body: str, beside: Mapping[str, bytes] | None = None) -> dict[str, str]:
        found = check_diagram("example.bpmn", write(body), (beside or {}).get)
        for finding in found:
            assert finding.message_vi, finding.rule
            assert finding.message_en, finding.rule
            assert "{" not in finding.message_vi.replace(finding.element_id or "", ""), finding.rule
        return {finding.rule: finding.severity for finding in found if finding.family == "standard"}

    return find
