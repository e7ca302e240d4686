"""Telling the applicant by e-mail what happened to the dossier; what could not be told is written down too."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, Event, EventKind
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
    if notice and (told := _told(session, dossier_id, notice)):
        return bool(told.details["sent"])
    dossier = session.scalars(select(Dossier).where(Dossier.id == dossier_id).options(*WITH_PARTIES)).one()
    reason = _hindrance(dossier, mailer)
    if reason is None and mailer is not None:
        mailer.send(_message(session, dossier, template))
    named = {"notice": notice} if notice else {}
    details = {"template": template, "sent": reason is None} | ({"reason": reason} if reason else {}) | named
    session.add(Event(dossier_id=dossier.id, at=now, kind=EventKind.NOTIFIED, details=details))
    return reason is None


def _told(session: Session, dossier_id: int, notice: str) -> Event | None:
    return session.scalars(
        select(Event).where(
            Event.dossier_id == dossier_id,
            Event.kind == EventKind.NOTIFIED,
            Event.details["notice"].as_string() == notice,
        )
    ).first()


def _hindrance(dossier: Dossier, mailer: Mailer | None) -> str | None:
    if not dossier.applicant.email:
        return "no_address"
    return "no_mail_server" if mailer is None else None


def _message(session: Session, dossier: Dossier, template: str) -> EmailMessage:
    subject, text = write_notice(session, dossier, template)
    message = EmailMessage()
    message["To"] = dossier.applicant.email
    message["Subject"] = subject
    message.set_content(text)
    return message
