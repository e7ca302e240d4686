"""Telling the applicant by e-mail what happened to the dossier; what could not be told is written down too."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import Integer, Text, bindparam, select
from sqlalchemy.orm import Session

from engine.database import direct
from engine.database.direct import Prepared
from engine.database.writing import write_changes
from engine.dossiers.models import Dossier, Event, EventKind, Party
from engine.dossiers.notices import write_notice
from engine.dossiers.queries import WITH_PARTIES


class Mailer(Protocol):
    """Sends one message, or raises OSError."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the mail server."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends through the server of an address like `smtp://user:password@host:587/?from=motcua@example.org`."""

    address: str
    sender: str

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the mail server, with STARTTLS where the server offers it."""
        parts = urlsplit(self.address)
        message["From"] = self.sender
        with smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=20) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
            if parts.username:
                server.login(parts.username, parts.password or "")
            server.send_message(message)


def notify_applicant(
    session: Session, now: datetime, dossier_id: int, template: str, mailer: Mailer | None, notice: str = ""
) -> bool:
    """Tell the applicant by e-mail; False, and a note in the log, when there is no address or no mail server.

    `notice` is the name of this very message: a job that runs again because its worker died after it was done finds it
    in the log and sends nothing. Raises OSError when the server does not take the message; the job is then tried again.
    """
    ((address, told),) = _ADDRESS_AND_OUTCOME.rows(session, dossier=dossier_id, notice=notice)
    if notice and told is not None:
        return bool(told)
    reason = _hindrance(address, mailer)
    if reason is None and mailer is not None:
        dossier = session.scalars(select(Dossier).where(Dossier.id == dossier_id).options(*WITH_PARTIES)).one()
        mailer.send(_message(session, dossier, template))
    _log(session, now, dossier_id, template, notice, {"reason": reason} if reason else {})
    return reason is None


def note_untold(
    session: Session, now: datetime, failure: Exception, dossier_id: int, template: str, notice: str = ""
) -> None:
    """The last attempt has failed: the log says so, and by what kind of failure, for its words may hold the address."""
    _log(session, now, dossier_id, template, notice, {"reason": "not_taken", "failure": type(failure).__name__})


def _log(
    session: Session, now: datetime, dossier_id: int, template: str, notice: str, hindrance: Mapping[str, str]
) -> None:
    named = {"notice": notice} if notice else {}
    details = {"template": template, "sent": not hindrance, **hindrance, **named}
    # As every step does before it writes the log: its entries are committed in the order of their numbers.
    _LOCK.rows(session, dossier=dossier_id)
    direct.add(session, Event(dossier_id=dossier_id, at=now, kind=EventKind.NOTIFIED, details=details))
    write_changes(session, forget=(Event,))


_LOCK = Prepared(lambda: select(Dossier.id).where(Dossier.id == bindparam("dossier", type_=Integer)).with_for_update())
_ADDRESS_AND_OUTCOME = Prepared(
    lambda: (
        select(
            Party.email,
            select(Event.details["sent"])
            .where(
                Event.dossier_id == Dossier.id,
                Event.kind == EventKind.NOTIFIED,
                Event.details["notice"].as_string() == bindparam("notice", type_=Text),
            )
            .limit(1)
            .correlate(Dossier)
            .scalar_subquery(),
        )
        .join(Dossier, Dossier.applicant_id == Party.id)
        .where(Dossier.id == bindparam("dossier", type_=Integer))
    )
)
"""Where the applicant can be written to, and whether this notice was sent, where the log knows it already."""


def _hindrance(address: str | None, mailer: Mailer | None) -> str | None:
    if not address:
        return "no_address"
    return "no_mail_server" if mailer is None else None


def _message(session: Session, dossier: Dossier, template: str) -> EmailMessage:
    subject, text = write_notice(session, dossier, template)
    message = EmailMessage()
    message["To"] = dossier.applicant.email
    message["Subject"] = subject
    message.set_content(text)
    return message
