"""The way of every request: who calls, what is asked, the engine's answer, one commit.

An operation is declared once, by `operation`; routing, checking and the OpenAPI document all come from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

import orjson
from flask import Blueprint, Response, request

from web.api import idempotency, problems
from web.api.callers import caller
from web.api.reading import read_body, read_query
from web.api.refusals import UnknownAddress
from web.api.shapes.base import Answer, Query, Request
from web.repeating import Repeatable, remember
from web.unit_of_work import commit, now, session

PREFIX = "/api/v1"
LARGEST_BODY = 1024 * 1024
"""Bytes. Requests carry no files, so one mebibyte is a hundred times the largest real dossier."""

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
problems.install(blueprint)

View = Callable[..., Answer]
"""`(session, actor, now, **path, query=, body=)`; `actor` only where a token is needed."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the interface as declared."""

    id: str
    """The operationId, which never changes."""
    method: str
    path: str
    """Below the prefix, with `{name}` for its parameters."""
    view: View
    tag: str
    answer: type[Answer]
    status: int
    parameters: Mapping[str, str]
    """Description of each path parameter."""
    query: type[Query] | None
    body: type[Request] | None
    refuses: Mapping[int, str]
    """Beyond what every operation may answer: status and when."""
    public: bool
    repeatable: bool

    @property
    def summary(self) -> str:
        """The first sentence about it."""
        return self.description.partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """What it does, from its function."""
        return getdoc(self.view) or ""


OPERATIONS: list[Operation] = []

CONVERTERS = {"task": "uuid", "incident": "int(max=2147483647)"}
"""How the address writes a path parameter that is no text."""


def operation(
    id: str,
    method: str,
    path: str,
    *,
    tag: str,
    answer: type[Answer],
    status: int = 200,
    parameters: Mapping[str, str] | None = None,
    query: type[Query] | None = None,
    body: type[Request] | None = None,
    refuses: Mapping[int, str] | None = None,
    public: bool = False,
    repeatable: bool = False,
) -> Callable[[View], View]:
    """Declare a function as an operation of the interface."""

    def declare(view: View) -> View:
        declared = Operation(
            id,
            method,
            path,
            view,
            tag,
            answer,
            status,
            parameters or {},
            query,
            body,
            refuses or {},
            public,
            repeatable,
        )
        OPERATIONS.append(declared)
        blueprint.add_url_rule(rule_of(path), id, lambda **path: _answer(declared, path), methods=[method])
        return view

    return declare


def rule_of(path: str) -> str:
    """A declared path as a rule of the routing."""
    for name, converter in CONVERTERS.items():
        path = path.replace(f"{{{name}}}", f"<{converter}:{name}>")
    return path.replace("{", "<").replace("}", ">")


@blueprint.before_request
def _limit_the_body() -> None:
    request.max_content_length = LARGEST_BODY


def _answer(declared: Operation, path: Mapping[str, Any]) -> Response:
    """Check, call and commit; whatever is raised on the way leaves the database as it was."""
    if any(not str(value).isprintable() for value in path.values()):
        raise UnknownAddress(path=request.path)
    acting = {} if declared.public else {"actor": caller()}
    with_body = declared.body is not None
    asked = idempotency.repeatable(acting["actor"], with_body=with_body) if declared.repeatable else None
    if asked and (earlier := idempotency.earlier_answer(session(), asked)):
        return _written(earlier.body, earlier.status, {idempotency.REPLAYED: "true"})
    given: dict[str, Any] = {}
    if declared.query:
        given["query"] = read_query(declared.query)
    if declared.body:
        given["body"] = read_body(declared.body)
    answer = declared.view(session=session(), now=now(), **acting, **path, **given)
    return _committed(declared, answer, asked)


def _committed(declared: Operation, answer: Answer, asked: Repeatable | None) -> Response:
    body = answer.model_dump(mode="json")
    if asked:
        remember(session(), asked, now(), declared.status, body)
    if declared.method != "GET":
        commit()
    return _written(body, declared.status, {})


def _written(body: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
    return Response(orjson.dumps(body), status, headers, content_type="application/json")
