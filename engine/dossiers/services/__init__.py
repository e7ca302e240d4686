"""What a diagram's service tasks can ask for: one handler a topic, run inside the step's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.dossiers.context import StepContext
from engine.dossiers.services import charging, consulting, deciding, moving, registering, supplementing, telling
from engine.workflow import ServiceCall

Handler = Callable[[StepContext, ServiceCall], Mapping[str, Any]]

SERVICES: Mapping[str, Handler] = {
    "register_dossier": registering.register_dossier,
    "record_incomplete": registering.record_incomplete,
    "record_refusal": registering.record_refusal,
    "record_charges": charging.record_charges,
    "record_payment": charging.record_payment,
    "record_hand_over": moving.record_hand_over,
    "record_take_over": moving.record_take_over,
    "open_supplement": supplementing.open_supplement,
    "close_supplement": supplementing.close_supplement,
    "record_opinion_request": consulting.record_opinion_request,
    "record_opinion": consulting.record_opinion,
    "record_silence": consulting.record_silence,
    "record_signature": deciding.record_signature,
    "record_issue": deciding.record_issue,
    "record_return": deciding.record_return,
    "stop_dossier": deciding.stop_dossier,
    "notify_applicant": telling.notify_applicant,
    "record_fact": deciding.record_fact,
}
"""By topic; every topic is documented in processes/README.md (a test holds that true)."""
