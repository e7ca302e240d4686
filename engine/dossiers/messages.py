"""Messages from outside: each goes to one waiter, is kept when it comes early, and is delivered once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dossiers.context import StepContext
from engine.dossiers.failures import is_passing, open_incident
from engine.dossiers.models import EventKind, Message, MessageState
from engine.dossiers.models import Wait as WaitRow
from engine.dossiers.refusals import MessageKeyReused, MessageNeverAwaited, TooManyKeptMessages, UnknownAddressee
from engine.workflow import Command, Deliver, MessageNotAwaited, Step, Wait

Take = Callable[[StepContext, Command], Step]
"""Moves a dossier on by a command and writes down what follows."""

WITHDRAWAL = "withdrawal_requested"

NEVER_KEPT = frozenset({WITHDRAWAL})
"""Who asks for the dossier back wants to know at once whether that is possible."""

MOST_KEPT = 100
"""Messages kept for one dossier; more are a sender gone wild."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it arrives."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    """The sender's own name of the message: sent again with it, it is the same message."""
    to: str | UUID | None = None
    """The id of the element, or of the very wait, that it is for; without one the first that waits gets it."""

    @property
    def addressee(self) -> str | None:
        """Whom it is for, as it is written down."""
        return str(self.to) if self.to else None


def earlier_message(session: Session, dossier_id: int, incoming: Incoming) -> Message | None:
    """The message that came before under the same key; raises MessageKeyReused when that was another one.

    To be called with the dossier's row locked.
    """
    if incoming.key is None:
        return None
    earlier = session.scalars(
        select(Message).where(Message.dossier_id == dossier_id, Message.key == incoming.key)
    ).one_or_none()
    same = (incoming.name, dict(incoming.payload), incoming.addressee)
    if earlier is not None and (earlier.name, earlier.payload, earlier.addressee) != same:
        raise MessageKeyReused(key=incoming.key)
    return earlier


def receive_message(context: StepContext, incoming: Incoming, take: Take) -> Message:
    """Deliver the message to the one that waits for it, or keep it until somebody does.

    Raises MessageNeverAwaited and UnknownAddressee when nothing in the diagram can ever wait for it,
    MessageNotAwaited when it may not be kept, and whatever refuses the step: its sender is there to be told.
    """
    _check_can_be_awaited(context, incoming)
    message = Message(
        dossier_id=context.dossier.id,
        name=incoming.name,
        addressee=incoming.addressee,
        key=incoming.key,
        payload=dict(incoming.payload),
        sender_id=context.actor.id if context.actor else None,
        received_at=context.now,
        state=MessageState.KEPT,
    )
    try:
        _deliver(context, message, _waiter(context, incoming), take, context.actor is not None)
    except MessageNotAwaited:
        if incoming.name in NEVER_KEPT or isinstance(incoming.to, UUID):
            raise
        _keep(context, message)
    return message


def deliver_kept(context: StepContext, step: Step, take: Take) -> Step:
    """Try the messages that came early, oldest first, until nothing waits for any of them; returns the last step.

    One that fails must not undo the step that somebody has just taken: it alone is taken back, and an incident says
    why. When the dossier has ended, what is left is refused.
    """
    while context.workflow.kept_messages:
        kept = _kept_messages(context)
        if step.ended:
            for message in kept:
                refuse_kept(context, message, ENDED)
            break
        found = next(((message, wait) for message in kept if (wait := _wait_for(message, step.waits))), None)
        if found is None:
            break
        step = _try(context, *found, step, take)
    return step


def retry_message(context: StepContext, message: Message, step: Step, take: Take) -> None:
    """Deliver a message that failed before, or keep it again when nothing waits for it now; raises what fails."""
    message.state = MessageState.KEPT
    context.workflow.kept_messages += 1
    wait = _wait_for(message, step.waits)
    if wait is not None:
        _deliver(context, message, wait.id, take, False)


@dataclass(frozen=True, slots=True)
class Words:
    """A reason in both languages."""

    vi: str
    en: str


ENDED = Words("Hồ sơ đã kết thúc.", "The dossier has ended.")


def refuse_kept(context: StepContext, message: Message, reason: Words) -> None:
    """A message that was kept will not be delivered any more."""
    if message.state == MessageState.KEPT:
        context.workflow.kept_messages -= 1
    message.state, message.reason_vi, message.reason_en = MessageState.REFUSED, reason.vi, reason.en
    context.log(EventKind.MESSAGE_REFUSED, message=message.name, reason=reason.en)


def _check_can_be_awaited(context: StepContext, incoming: Incoming) -> None:
    waiters = context.definition.workflow.messages.get(incoming.name)
    if waiters is None:
        raise MessageNeverAwaited(message=incoming.name)
    if isinstance(incoming.to, str) and incoming.to not in waiters:
        raise UnknownAddressee(element=incoming.to, message=incoming.name)


def _waiter(context: StepContext, incoming: Incoming) -> UUID | None:
    """The wait that the sender means; None lets the workflow choose the first."""
    if incoming.to is None or isinstance(incoming.to, UUID):
        return incoming.to
    found = context.session.scalars(
        select(WaitRow.id)
        .where(
            WaitRow.dossier_id == context.dossier.id,
            WaitRow.element_id == incoming.to,
            WaitRow.message == incoming.name,
        )
        .order_by(WaitRow.since, WaitRow.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise MessageNotAwaited(message=incoming.name)
    return found


def _deliver(context: StepContext, message: Message, to: UUID | None, take: Take, by_actor: bool) -> Step:
    """Take the step in a part of the transaction that can be taken back alone; what is raised leaves no trace."""
    was_kept = message.id is not None
    actor = context.actor if by_actor else None
    inner = replace(context, actor=actor, task=None, answers={}, facts=dict(context.facts))
    with context.session.begin_nested():
        message.state, message.delivered_at = MessageState.DELIVERED, context.now
        if was_kept:
            context.workflow.kept_messages -= 1
        context.session.add(message)
        inner.log(EventKind.MESSAGE_RECEIVED, message=message.name, payload=message.payload, kept=was_kept)
        step = take(inner, Deliver(message.name, message.payload, to))
    context.facts.update(inner.facts)
    context.open_tasks, context.known_waits = inner.open_tasks, inner.known_waits
    return step


def _keep(context: StepContext, message: Message) -> None:
    if context.workflow.kept_messages >= MOST_KEPT:
        raise TooManyKeptMessages(most=MOST_KEPT)
    message.state, message.delivered_at = MessageState.KEPT, None
    context.session.add(message)
    context.workflow.kept_messages += 1
    context.log(EventKind.MESSAGE_KEPT, message=message.name, payload=message.payload)


def _kept_messages(context: StepContext) -> list[Message]:
    statement = select(Message).where(Message.dossier_id == context.dossier.id, Message.state == MessageState.KEPT)
    return list(context.session.scalars(statement.order_by(Message.id)))


def _wait_for(message: Message, waits: tuple[Wait, ...]) -> Wait | None:
    return next(
        (wait for wait in waits if wait.message == message.name and message.addressee in (None, wait.element_id)),
        None,
    )


def _try(context: StepContext, message: Message, wait: Wait, step: Step, take: Take) -> Step:
    try:
        return _deliver(context, message, wait.id, take, False)
    except Exception as failure:
        if is_passing(failure):
            raise
        message.state, message.delivered_at = MessageState.FAILED, None
        context.workflow.kept_messages -= 1
        open_incident(context.session, context.now, context.workflow, failure, message)
        return step
