"""Having the applicant told what happened to the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from engine.database.jobs import defer
from engine.dossiers.context import StepContext
from engine.workflow import ServiceCall


def notify_applicant(context: StepContext, call: ServiceCall) -> Mapping[str, Any]:
    """Have the applicant told; input `template` says what."""
    tell_applicant(context, str(call.inputs.get("template") or ""))
    return {}


def tell_applicant(context: StepContext, template: str) -> None:
    """Put the message into the queue; the job exists exactly if this step commits."""
    defer(
        context.session,
        "notify_applicant",
        arguments={"dossier_id": context.dossier.id, "template": template, "notice": uuid4().hex},
        queue="notifications",
    )
