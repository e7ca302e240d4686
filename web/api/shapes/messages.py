"""Messages from other systems to a dossier."""

from __future__ import annotations

from typing import Annotated, Any

from engine.dossiers.models import Message as Row
from engine.dossiers.models import MessageState
from web.api.shapes.base import Answer, Code, Moment, Request, Storable, described


class DeliverMessageRequest(Request):
    """What another system tells the dossier."""

    message: Code = described("The message's name in the procedure's diagram.", "deposit_confirmed")
    payload: Annotated[dict[str, Any], Storable] = described(
        "What it says; the waiting element's output parameters name what is used.",
        {"deposit_result": "confirmed"},
        default_factory=dict,
    )
    key: Code | None = described(
        "The sender's own name of the message: sent again with it, it is the same message.",
        "bank-2026-000117",
        default=None,
    )
    element: Code | None = described(
        "The id of the element that it is for; without it the first that waits gets it.", "await_deposit", default=None
    )


class Message(Answer):
    """What became of a message."""

    dossier: str = described("The dossier's number, or its reference before acceptance.", "H37.15-220322-0001")
    message: str = described("The message's name.", "deposit_confirmed")
    key: str | None = described("The sender's own name of it.", "bank-2026-000117")
    state: str = described(
        "`delivered`; or `kept` until something waits for it; later `refused` or `failed`.", "delivered"
    )
    state_title: str = described("The same in Vietnamese.", "Đã chuyển tới hồ sơ")
    state_title_en: str = described("The same in English.", "Delivered")
    received_at: Moment = described("When it came.", "2022-03-22T07:00:00Z")
    delivered_at: Moment | None = described("When it was delivered.", "2022-03-22T07:00:00Z")


def message_answer(row: Row, dossier: str) -> Message:
    """A message of the dossier with this name."""
    state = MessageState(row.state)
    return Message(
        dossier=dossier,
        message=row.name,
        key=row.key,
        state=state,
        state_title=state.vi,
        state_title_en=state.en,
        received_at=row.received_at,
        delivered_at=row.delivered_at,
    )
