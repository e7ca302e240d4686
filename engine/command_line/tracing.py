"""`motcua trace`: what a diagram does from beginning to end, without a dossier."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import orjson

from engine.command_line.checking import as_text
from engine.command_line.console import say, warn
from engine.workflow import DiagramRefused, Finding, read_definition
from engine.workflow.expressions import ExpressionFailed
from engine.workflow.timers import due_moment
from engine.workflow.tracing import BEGINNING, Arrival, Trace, trace

WALL_SECONDS = 10.0
"""How long one trace may take."""
_REFERENCE = re.compile(rb"\b(?:calledElement|decisionRef|processId|decisionId)\s*=\s*[\"']([^\"']+)[\"']")
_ID = re.compile(rb"\bid\s*=\s*[\"']([^\"']+)[\"']")


def trace_file(
    file: Path, process_id: str | None, variables: Mapping[str, Any], messages: list[Arrival], until: datetime | None
) -> Trace:
    """Run the process of a file with those it calls. Raises DiagramRefused, and OSError if it cannot be read."""
    definition = read_definition(files_for(file), process_id, (), plain=True)
    stop = time.monotonic() + WALL_SECONDS
    return trace(definition, variables, messages, until=until, is_late=lambda: time.monotonic() > stop)


def files_for(file: Path) -> dict[str, bytes]:
    """The file and, of those beside it, the ones that hold what it calls or decides by."""
    files = {file.name: file.read_bytes()}
    beside = [path for pattern in ("*.bpmn", "*.bpmn20.xml", "*.dmn") for path in sorted(file.parent.glob(pattern))]
    while missing := _missing(files):
        found = next((path for path in beside if path.name not in files and missing & _ids(path.read_bytes())), None)
        if found is None:
            break
        files[found.name] = found.read_bytes()
    return files


def _missing(files: Mapping[str, bytes]) -> set[bytes]:
    content = b"".join(files.values())
    wanted = {each.rpartition(b":")[2] for each in _REFERENCE.findall(content)}
    return wanted - _ids(content)


def _ids(content: bytes) -> set[bytes]:
    return set(_ID.findall(content))


# -- what the caller gives --------------------------------------------------------------------------------------------


def json_record(text: str | None) -> dict[str, Any]:
    """A JSON object, from the text itself or from the file that it names. Raises click.BadParameter."""
    value = _json(text) if text else {}
    if not isinstance(value, dict):
        raise click.BadParameter("a JSON object is needed")
    return value


def json_arrivals(text: str | None) -> list[Arrival]:
    """The messages to come: a JSON list of names or {name or signal, payload, at or after}.

    Raises click.BadParameter.
    """
    value = _json(text) if text else []
    if not isinstance(value, list) or not all(isinstance(each, dict | str) for each in value):
        raise click.BadParameter("a JSON list of names or objects is needed")
    return [Arrival(each) if isinstance(each, str) else _arrival(each) for each in value]


def _json(text: str) -> Any:
    try:
        if not text.lstrip().startswith(("{", "[")):
            return orjson.loads(Path(text).read_bytes())
        return orjson.loads(text)
    except (OSError, orjson.JSONDecodeError) as error:
        raise click.BadParameter(str(error)) from error


def _arrival(given: dict[str, Any]) -> Arrival:
    name, payload = given.get("name") or given.get("signal"), given.get("payload") or {}
    unknown = given.keys() - {"name", "signal", "payload", "at", "after"}
    if not isinstance(name, str) or not isinstance(payload, dict) or unknown:
        raise click.BadParameter("a message has a name, and may have payload, at, after")
    at = _when(given["at"]) if given.get("at") else None
    return Arrival(name, payload, at, given.get("after"), is_signal="signal" in given)


def _when(text: object) -> datetime:
    """A moment, or a duration after the simulated clock has begun. Raises click.BadParameter."""
    if isinstance(text, str) and text.startswith("P"):
        try:
            return due_moment(text, BEGINNING)
        except ExpressionFailed as error:
            raise click.BadParameter(f"not an ISO duration: {text}") from error
    return moment(str(text))


def moment(text: str) -> datetime:
    """An ISO date and time; without a zone it is UTC. Raises click.BadParameter."""
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise click.BadParameter(f"not an ISO date and time: {text}") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


# -- what the caller gets ---------------------------------------------------------------------------------------------


def run(
    file: Path,
    process_id: str | None,
    data: str | None,
    messages: str | None,
    until: str | None,
    form: str,
    language: str,
) -> int:
    """Trace and print. Exit code 0: it ran, however it ended; 1: refused, or something had no result; 2: unreadable."""
    variables, arrivals = json_record(data), json_arrivals(messages)
    try:
        result = trace_file(file, process_id, variables, arrivals, moment(until) if until else None)
    except DiagramRefused as refused:
        say(_refused_as_json(refused.findings) if form == "json" else as_text(refused.findings, language))
        return 1
    except OSError as error:
        warn(f"{file}: {error.strerror or type(error).__name__}")
        return 2
    say(trace_as_json(result) if form == "json" else trace_as_text(result, language))
    return int(result.ended == "failed")


def trace_as_json(result: Trace) -> str:
    """The trace as one JSON object."""
    return orjson.dumps(_plain(result), option=orjson.OPT_INDENT_2, default=_as_json).decode()


def _as_json(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _refused_as_json(findings: tuple[Finding, ...]) -> str:
    """Why nothing ran."""
    document = {"ended": "refused", "findings": [asdict(finding) for finding in findings]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _plain(result: Trace) -> dict[str, Any]:
    return {
        "process": result.process,
        "ended": result.ended,
        "elements": [
            {
                "id": each.passage.element_id,
                "name": each.passage.name,
                "type": each.passage.kind,
                "outcome": each.passage.outcome,
                "path": list(each.passage.path),
                "at": each.at.isoformat(),
            }
            for each in result.elements
        ],
        "variables": dict(result.variables),
        "sent": [{"name": message.name, "payload": dict(message.payload)} for message in result.sent],
        "waiting": [
            {
                "id": wait.element_id,
                "name": wait.name,
                "kind": wait.kind,
                "message": wait.message,
                "due_at": wait.due_at.isoformat() if wait.due_at else None,
            }
            for wait in result.waiting
        ],
        "not_taken": list(result.not_taken),
        "error": _error(result),
        "limit": result.limit,
        "warnings": [asdict(finding) for finding in result.warnings],
    }


def _error(result: Trace) -> dict[str, Any] | None:
    if result.error is None:
        return None
    return {
        "element": result.error.parameters.get("element_id"),
        "code": result.error.parameters.get("code"),
        "message_vi": result.error.message("vi"),
        "message_en": result.error.message("en"),
    }


def trace_as_text(result: Trace, language: str) -> str:
    """A line for each element, and how it ended."""
    lines = [
        f"{each.at - BEGINNING!s:>18}  {each.passage.kind:24} {each.passage.element_id}  {each.passage.outcome}"
        for each in result.elements
    ]
    lines += [f"waiting: {wait.kind} {wait.element_id}" for wait in result.waiting]
    lines += [f"not taken: {name}" for name in result.not_taken]
    if result.error is not None:
        lines.append(result.error.message(language))
    return "\n".join([*lines, f"{result.process}: {result.ended}"])
