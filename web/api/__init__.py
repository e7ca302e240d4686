"""The JSON interface below /api/v1: one operation a file, known by its operationId."""

from web.api import (
    claim_task,
    complete_task,
    create_token,
    deliver_message,
    document,
    elsewhere,
    get_dossier,
    list_events,
    list_procedures,
    list_tasks,
    receive_dossier,
)
from web.api.interface import blueprint

__all__ = [
    "blueprint",
    "claim_task",
    "complete_task",
    "create_token",
    "deliver_message",
    "document",
    "elsewhere",
    "get_dossier",
    "list_events",
    "list_procedures",
    "list_tasks",
    "receive_dossier",
]
