"""Messages that a dossier's diagram sends out: written with the step, sent by a job, signed, never twice by us."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.database.jobs import defer
from engine.dossiers.context import StepContext
from engine.dossiers.failures import open_sending_incident
from engine.dossiers.models import Dossier, EventKind, OutgoingMessage, OutgoingState
from engine.workflow import SentMessage

TIMEOUT = 20
"""Seconds that the receiver gets to answer."""


class NotTaken(OSError):
    """The receiver did not answer with a success; the queue tries again."""


class Post(Protocol):
    """Carries one message out of the house, or raises OSError."""

    def carry(self, id: UUID, content: Mapping[str, Any]) -> None:
        """Hand the message to the receiver, who knows a repetition by `id`."""


@dataclass(frozen=True, slots=True)
class HttpPost:
    """POSTs JSON to one address.

    The header `Motcua-Signature` holds `sha256=` and the HMAC-SHA256 of the body under the secret that both sides know.
    """

    address: str
    secret: str

    def carry(self, id: UUID, content: Mapping[str, Any]) -> None:
        """Hand the message over; raises NotTaken unless the answer is a success, OSError when nobody answers."""
        body = orjson.dumps(dict(content), default=str)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(id),
            "Motcua-Signature": "sha256=" + signature(self.secret, body),
        }
        parts = urlsplit(self.address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
            status = connection.getresponse().status
        except HTTPException as failure:
            raise NotTaken(f"no readable answer: {type(failure).__name__}") from failure
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise NotTaken(f"answered with {status}")


def signature(secret: str, body: bytes) -> str:
    """The HMAC-SHA256 of a body, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def write_outgoing(context: StepContext, sent: SentMessage) -> None:
    """Write the message down and have it sent: both exist exactly if the step is committed."""
    message = OutgoingMessage(
        id=uuid4(),
        dossier_id=context.dossier.id,
        name=sent.name,
        payload=dict(sent.payload),
        created_at=context.now,
        state=OutgoingState.WAITING,
    )
    context.session.add(message)
    context.log(EventKind.MESSAGE_SENT, message=message.name, payload=message.payload)
    defer_sending(context.session, message)


def defer_sending(session: Session, message: OutgoingMessage) -> None:
    """Put the job that sends the message into the queue."""
    defer(session, "send_message", arguments={"message_id": str(message.id)}, queue="messages")


def send_message(session: Session, now: datetime, message_id: str, post: Post | None) -> OutgoingState:
    """Send one message; without a `post` it is kept and says so.

    Raises OSError when the receiver does not take it; the job is then tried again. A crash between the receiver's
    answer and our commit sends it again under the same id.
    """
    message = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.id == UUID(message_id)).with_for_update()
    ).one()
    if message.state == OutgoingState.SENT:
        return OutgoingState.SENT
    if post is None:
        message.state = OutgoingState.NO_ADDRESS
        return OutgoingState.NO_ADDRESS
    post.carry(message.id, _content(session, message))
    message.state, message.sent_at = OutgoingState.SENT, now
    return OutgoingState.SENT


def note_unsent(session: Session, now: datetime, failure: Exception, message_id: str) -> None:
    """The last attempt has failed: the message is marked, and an incident says why; doing it again changes nothing."""
    message = session.get_one(OutgoingMessage, UUID(message_id))
    session.execute(select(Dossier.id).where(Dossier.id == message.dossier_id).with_for_update())
    session.refresh(message)
    if message.state == OutgoingState.WAITING:
        message.state = OutgoingState.FAILED
        open_sending_incident(session, now, message, failure)


def send_again(session: Session, message: OutgoingMessage) -> None:
    """Have a message that could not be sent tried again, as often as the first time."""
    message.state = OutgoingState.WAITING
    defer_sending(session, message)


def send_what_had_no_address(session: Session) -> int:
    """An address is there now: have everything sent that was kept for want of one; returns how many."""
    kept = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.state == OutgoingState.NO_ADDRESS)
        .order_by(OutgoingMessage.created_at)
        .with_for_update(skip_locked=True)
    ).all()
    for message in kept:
        send_again(session, message)
    return len(kept)


def outgoing_messages_of(session: Session, dossier_id: int) -> list[OutgoingMessage]:
    """What the dossier has sent out or is about to, oldest first."""
    statement = select(OutgoingMessage).where(OutgoingMessage.dossier_id == dossier_id)
    return list(session.scalars(statement.order_by(OutgoingMessage.created_at, OutgoingMessage.id)))


def _content(session: Session, message: OutgoingMessage) -> dict[str, Any]:
    dossier = session.get_one(Dossier, message.dossier_id)
    return {
        "id": str(message.id),
        "dossier": dossier.number or dossier.reference,
        "message": message.name,
        "payload": message.payload,
        "created_at": message.created_at.isoformat(),
    }
