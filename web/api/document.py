"""The OpenAPI 3.1 document, built from the very declarations and shapes that answer the requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import orjson
from flask import Response
from pydantic.json_schema import models_json_schema

from engine.dossiers.refusals import NotYourTask, TaskAlreadyDone, UnknownDossier
from engine.organisation.models import Role
from engine.organisation.refusals import TokenInvalid, TooManyAttempts
from engine.refusals import Refusal
from web.api.idempotency import HEADER, LONGEST, REPLAYED
from web.api.interface import OPERATIONS, PREFIX, Operation, blueprint
from web.api.problems import HTTP_CODES, HTTP_REMEDIES, HTTP_WORDS, MEDIA_TYPE, TITLES, TYPE
from web.api.refusals import MalformedJson, RequestRefused
from web.api.shapes.problems import Problem

INTRODUCTION = """The interface of the one-stop centre: receive dossiers, do their tasks, follow what happens.

Every operation but `createToken` needs a bearer token, and does exactly what its person may do in the browser.
Refusals are problem details (RFC 9457) in Vietnamese, or in English where `Accept-Language` prefers it; each says
what to do now, and nothing was changed then. Times are RFC 3339 in UTC; money is whole VND. Pages follow each other
by `next`. Answers may get new members; callers ignore those that they do not know."""

ALWAYS = {
    401: "The token is missing, unknown, expired or revoked.",
    422: "Fields are missing, unknown or wrong, or a rule is broken; `errors` names each field.",
    500: "The system failed; nothing was changed.",
}
WITH_BODY = {
    400: "The body is not JSON.",
    413: "The body is larger than is taken.",
    415: "The body is not `application/json`.",
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The document itself; needs no token."""
    return Response(_written(), content_type="application/json")


@cache
def _written() -> bytes:
    return orjson.dumps(document())


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document as JSON data."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Một cửa",
            "version": "1.0.0",
            "summary": "One-stop administrative procedures",
            "description": INTRODUCTION,
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in sorted({declared.tag for declared in OPERATIONS})],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "responses": {f"Problem{status}": _problem_answer(status) for status in TITLES},
            "parameters": {"AcceptLanguage": _ACCEPT_LANGUAGE, "IdempotencyKey": _IDEMPOTENCY_KEY},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token from `createToken`."}
            },
        },
    }


_ACCEPT_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of refusals: `vi` (the default) or `en`.",
    "schema": {"type": "string", "default": "vi"},
    "example": "en",
}
_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "description": (
        "Chosen by the caller, best a random UUID. The same request with the same key is done once and gets the first "
        f"answer again, with the header `{REPLAYED}: true`; another request with the same key is refused with 422. "
        "Refusals are not kept."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    "example": "0b0f9d6e-33a5-4f57-a2cb-0d5bb7c2a1c4",
}


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for declared in OPERATIONS:
        paths.setdefault(PREFIX + declared.path, {})[declared.method.lower()] = _operation(declared)
    return paths


def _operation(declared: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": declared.id,
        "summary": declared.summary,
        "description": declared.description,
        "tags": [declared.tag],
        "parameters": list(_parameters(declared)),
        "responses": _answers(declared),
    }
    if declared.body:
        reference = _reference(declared.body.__name__)
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    if declared.public:
        described["security"] = []
    return described


PATH_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "task": {"type": "string", "format": "uuid"},
    "incident": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
}
"""Of path parameters that are no plain text."""


def _parameters(declared: Operation) -> Iterable[dict[str, Any]]:
    for name, description in declared.parameters.items():
        schema = PATH_SCHEMAS.get(name, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
    if declared.query:
        yield from _query_parameters(declared.query.model_json_schema(ref_template=REFERENCE))
    yield {"$ref": "#/components/parameters/AcceptLanguage"}
    if declared.repeatable:
        yield {"$ref": "#/components/parameters/IdempotencyKey"}


def _query_parameters(schema: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for name, of in schema["properties"].items():
        described = {"name": name, "in": "query", "required": False, "description": of.pop("description")}
        yield {**described, "schema": _present(of)}


def _present(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema when it is given: that it may be left out is said by `required`, not by null."""
    kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
    if schema.get("default") is None:
        schema.pop("default", None)
    return {**schema, **(kinds[0] if kinds else {})}


def _answers(declared: Operation) -> dict[str, Any]:
    content = {"application/json": {"schema": _reference(declared.answer.__name__)}}
    done: dict[str, Any] = {"description": (declared.answer.__doc__ or "").strip(), "content": content}
    if declared.repeatable:
        done["headers"] = {
            REPLAYED: {"description": "`true` for an answer given before.", "schema": {"type": "string"}}
        }
    refusals = {**ALWAYS, **(WITH_BODY if declared.body else {}), **declared.refuses}
    if declared.public:
        refusals[401] = declared.refuses.get(401, "")
    return {
        str(declared.status): done,
        **{
            str(status): {"$ref": f"#/components/responses/Problem{status}", "description": when}
            for status, when in sorted(refusals.items())
        },
    }


def _problem_answer(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": TITLES[status].en + ".",
        "content": {MEDIA_TYPE: {"schema": _reference(Problem.__name__), "example": _example(status)}},
        "headers": {"Content-Language": {"description": "The language of the words.", "schema": {"type": "string"}}},
    }
    if status == 401:
        answer["headers"]["WWW-Authenticate"] = {"description": "RFC 6750.", "schema": {"type": "string"}}
    if status == 429:
        answer["headers"]["Retry-After"] = {"description": "In how many seconds.", "schema": {"type": "integer"}}
    return answer


def _example(status: int) -> dict[str, Any]:
    """A problem as it is really answered with this status."""
    refusal = EXAMPLES.get(status)
    return {
        "type": TYPE + (refusal.code if refusal else HTTP_CODES[status]),
        "title": TITLES[status].vi,
        "status": status,
        "detail": refusal.message("vi") if refusal else HTTP_WORDS[status].vi.format(method="DELETE"),
        "instance": PREFIX + "/tasks",
        "code": refusal.code if refusal else HTTP_CODES[status],
        "remedy": refusal.remedy("vi") if refusal else HTTP_REMEDIES[status].vi,
        **({"completed_by": "Lý Thị Hường", "completed_at": "2022-03-29T02:40:00Z"} if status == 409 else {}),
    }


EXAMPLES: Mapping[int, Refusal] = {
    400: MalformedJson(reason="EOF while parsing an object at line 1 column 17"),
    401: TokenInvalid(),
    403: NotYourTask(task="Xét duyệt", role=Role.DIVISION_HEAD, unit="Sở Nội vụ"),
    404: UnknownDossier(reference="H37.22-261123-0001"),
    409: TaskAlreadyDone(task="Thụ lý hồ sơ", by="Lý Thị Hường", at="09:40 29/03/2022"),
    422: RequestRefused(count=1),
    429: TooManyAttempts(minutes=15),
}
"""A refusal for each status that the engine or the interface gives; the rest are the web server's own."""

REFERENCE = "#/components/schemas/{model}"


def _reference(name: str) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=name)}


def _schemas() -> dict[str, Any]:
    """Schemas of all bodies, answers and queries' enumerations, by name."""
    bodies = {declared.body for declared in OPERATIONS if declared.body}
    queries = {declared.query for declared in OPERATIONS if declared.query}
    answers = {declared.answer for declared in OPERATIONS} | {Problem}
    wanted = [(shape, "validation") for shape in bodies | queries] + [(shape, "serialization") for shape in answers]
    by_name = sorted(wanted, key=lambda pair: pair[0].__name__)
    _, definitions = models_json_schema(by_name, ref_template=REFERENCE)  # type: ignore[arg-type]
    unused = {shape.__name__ for shape in queries}
    return {name: schema for name, schema in sorted(definitions["$defs"].items()) if name not in unused}
