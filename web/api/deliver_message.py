"""POST /dossiers/{dossier}/messages: another system tells a dossier something."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.queries import dossier_by_number
from engine.organisation.actors import Actor
from web.api.get_dossier import DOSSIER
from web.api.interface import operation
from web.api.shapes.dossiers import name_of
from web.api.shapes.messages import DeliverMessageRequest, Message, message_answer


@operation(
    "deliverMessage",
    "POST",
    "/dossiers/{dossier}/messages",
    tag="Dossiers",
    answer=Message,
    parameters=DOSSIER,
    body=DeliverMessageRequest,
    refuses={
        403: "Only accounts with the role of an administrator deliver messages.",
        404: "There is no such dossier, or not one that this person may know of.",
        409: "The dossier has ended, no withdrawal is awaited now, the key is another message's, or too many are kept.",
    },
    repeatable=True,
)
def deliver_message(
    session: Session, actor: Actor, now: datetime, dossier: str, body: DeliverMessageRequest
) -> Message:
    """Tell a dossier something: a payment was confirmed, a letter was delivered, another body has answered.

    One place that waits for such a message gets it; a message that comes early is kept until something waits for it;
    one that nothing in the procedure ever waits for is refused. A `key` that came before is answered with what became
    of that message. Needs the role of an administrator, which an account for another system is given for this.
    """
    found = dossier_by_number(session, actor, dossier)
    message = operations.deliver_message(
        session, now, found.id, body.message, body.payload, actor, key=body.key, to=body.element
    )
    return message_answer(message, name_of(found))
