"""Save and load a running workflow: only its tasks and variables, never the diagram.

A saved state is four bytes `MCW` + version, then a zstandard frame with a checksum around one JSON document:

    {"p": process id, "d": variables, "t": [task, ...], "s": [[outer task's place, variables, [task, ...]], ...]}
    task = [id, parent's place, specification, state, own values, values of the element]

Tasks stand in tree order, parents first; nothing depends on the order of keys. A value that JSON does not know is
written as {"$": [kind, text]}; a record of the user's that has a key "$" is wrapped itself, so no key has a hidden
meaning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import StateUnreadable, StepFailed
from engine.workflow.expressions import Reason
from engine.workflow.runtime.events import CatchingEvent
from engine.workflow.runtime.instance import Inner, Instance, tasks_in_order

VERSION = 1
_MAGIC = b"MCW"
_MAXIMUM_BYTES = 50_000_000
"""Of the document within a state that is loaded."""
_MAXIMUM_SAVED_BYTES = 5_000_000
"""Of the document within a state that is saved; it is far below the above, so what was saved can be loaded."""
_MAXIMUM_DEPTH = 60


class _Compressors(threading.local):
    """zstandard's objects may not be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        self.decompressor = zstandard.ZstdDecompressor()


_compressors = _Compressors()


# -- values -----------------------------------------------------------------------------------------------------------


def _plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON can hold it. Raises TypeError for what cannot be saved."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else {"$": ["int", str(value)]}
    if depth > _MAXIMUM_DEPTH:
        raise TypeError("nested too deeply")
    if isinstance(value, Mapping):
        return _plain_record(value, depth)
    if isinstance(value, list | tuple):
        return [_plain(each, depth + 1) for each in value]
    return _plain_special(value)


def _plain_record(record: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in record):
        raise TypeError("a record's keys must be texts")
    plain = {str(key): _plain(each, depth + 1) for key, each in record.items()}
    return {"$": ["record", plain]} if "$" in plain else plain


def _plain_special(value: Any) -> Any:
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise TypeError("not a finite number")
        return value
    for kind, (type_, write, _) in _SPECIAL.items():
        if isinstance(value, type_):
            return {"$": [kind, write(value)]}
    raise TypeError(f"a value of type {type(value).__name__} cannot be saved")


def _restored(value: Any) -> Any:
    """The opposite of `_plain`."""
    if isinstance(value, list):
        return [_restored(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$" not in value:
        return {key: _restored(each) for key, each in value.items()}
    kind, content = value["$"]
    if kind == "record":
        return {key: _restored(each) for key, each in content.items()}
    if kind == "int":
        return int(content)
    return _SPECIAL[kind][2](content)


_SPECIAL: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "duration": (
        timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda kept: timedelta(*kept),
    ),
    "uuid": (UUID, str, UUID),
}


# -- saving -----------------------------------------------------------------------------------------------------------


def dump_state(instance: Instance) -> bytes:
    """The saved state of a workflow. Raises StepFailed when a variable's value cannot be saved."""
    places: dict[UUID, int] = {}
    document = {"p": instance.spec.name, "d": _variables(instance), "t": _rows(instance, places), "s": []}
    inners = list(instance.subprocesses.values())
    while inners:
        known = [inner for inner in inners if inner.parent_task_id in places]
        for inner in known:
            outer = places[inner.parent_task_id]
            document["s"].append([outer, _variables(inner), _rows(inner, places)])
            inners.remove(inner)
    raw = orjson.dumps(document)
    if len(raw) > _MAXIMUM_SAVED_BYTES:
        vi = "trạng thái của quy trình quá lớn: có quá nhiều công việc hoặc dữ liệu đang mở"
        reason = Reason(vi, "the state of the workflow is too large: too many open tasks or too much data")
        raise StepFailed(element=instance.spec.name, element_id=None, reason=reason)
    return _MAGIC + bytes([VERSION]) + _compressors.compressor.compress(raw)


def _variables(workflow: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in workflow.data.items():
        try:
            plain[name] = _plain(value)
            orjson.dumps(plain[name])
        except TypeError as error:
            reason = Reason(f"biến “{name}” không lưu được: {error}", f"the variable “{name}” cannot be saved: {error}")
            raise StepFailed(element=workflow.spec.name, element_id=None, reason=reason) from error
    return plain


def _rows(workflow: Any, places: dict[UUID, int]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for task in tasks_in_order(workflow):
        parent = -1 if task._parent is None else places[task._parent]
        places[task.id] = len(places)
        try:
            own, values = _plain(task.internal_data) or 0, _plain(task.data) or 0
        except TypeError as error:
            reason = Reason(f"giá trị không lưu được: {error}", f"a value cannot be saved: {error}")
            raise StepFailed(element=task.task_spec.name, element_id=None, reason=reason) from error
        rows.append([task.id.hex, parent, task.task_spec.name, task._state, own, values])
    return rows


# -- loading ----------------------------------------------------------------------------------------------------------


def state_document(state: bytes) -> dict[str, Any]:
    """The JSON document of a saved state. Raises StateUnreadable."""
    if state[:3] != _MAGIC or len(state) < 5:
        raise StateUnreadable("not a saved workflow state")
    if state[3] != VERSION:
        raise StateUnreadable(f"saved by an unknown version ({state[3]})")
    frame = state[4:]
    try:
        if zstandard.frame_content_size(frame) > _MAXIMUM_BYTES:  # Believing it would take that much memory at once.
            raise StateUnreadable("damaged: too large")
        raw = _compressors.decompressor.decompress(frame, max_output_size=_MAXIMUM_BYTES, allow_extra_data=False)
        document = orjson.loads(raw)
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise StateUnreadable(f"damaged: {error}") from error
    if not isinstance(document, dict):
        raise StateUnreadable("damaged: no document")
    return document


def load_into(instance: Instance, document: dict[str, Any]) -> None:
    """Fill a newly made instance with the tasks and variables of a saved state. Raises StateUnreadable."""
    if document.get("p") != instance.spec.name:
        raise StateUnreadable(f"of another process: {document.get('p')}")
    try:
        tasks: list[Task] = []
        instance.data = _restored(document["d"])
        _load_rows(instance, document["t"], tasks)
        for outer, variables, rows in document["s"]:
            task = tasks[outer]
            spec = instance.subprocess_specs[task.task_spec.spec]
            inner = Inner(spec, task, loading=True)
            instance.subprocesses[task.id] = inner
            inner.data = _restored(variables)
            _load_rows(inner, rows, tasks)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise StateUnreadable(f"does not fit the diagram: {error!r}") from error


def _load_rows(workflow: Any, rows: list[list[Any]], tasks: list[Task]) -> None:
    specs = workflow.spec.task_specs
    waiting = workflow.top_workflow.waiting
    for identifier, parent, name, state, own, values in rows:
        task = Task.__new__(Task)
        task.id, task.workflow, task.task_spec, task._state = UUID(hex=identifier), workflow, specs[name], state
        task.triggered, task.thread_id, task.last_state_change, task._children = False, 0, 0.0, []
        task.internal_data = _restored(own) if own else {}
        task.data = _restored(values) if values else {}
        task._parent = None if parent < 0 else tasks[parent].id
        if parent >= 0:
            tasks[parent]._children.append(task.id)
        workflow.tasks[task.id] = task
        tasks.append(task)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            waiting[task.id] = task
    workflow.task_tree = workflow.tasks[UUID(hex=rows[0][0])]
