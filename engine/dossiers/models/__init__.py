"""The tables of a dossier's life."""

from engine.dossiers.models.dossier import Component, Dossier, DossierState, NumberSeries, Party, WorkflowState
from engine.dossiers.models.enclosures import Attachment, Document, DocumentKind
from engine.dossiers.models.incidents import Incident, IncidentCause, IncidentState
from engine.dossiers.models.messages import Message, MessageState, OutgoingMessage, OutgoingState
from engine.dossiers.models.money import Charge, ChargeKind, Payment, PaymentMethod, Refund
from engine.dossiers.models.record import Event, EventKind, IdempotentAnswer
from engine.dossiers.models.words import Channel, PartyKind, ReturnMethod
from engine.dossiers.models.work import HandOver, Opinion, RequestedPaper, Supplement, Task, TaskState, Wait

__all__ = [
    "Attachment",
    "Channel",
    "Charge",
    "ChargeKind",
    "Component",
    "Document",
    "DocumentKind",
    "Dossier",
    "DossierState",
    "Event",
    "EventKind",
    "HandOver",
    "IdempotentAnswer",
    "Incident",
    "IncidentCause",
    "IncidentState",
    "Message",
    "MessageState",
    "NumberSeries",
    "Opinion",
    "OutgoingMessage",
    "OutgoingState",
    "Party",
    "PartyKind",
    "Payment",
    "PaymentMethod",
    "Refund",
    "RequestedPaper",
    "ReturnMethod",
    "Supplement",
    "Task",
    "TaskState",
    "Wait",
    "WorkflowState",
]
