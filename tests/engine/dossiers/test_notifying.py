"""Telling the applicant, through a real SMTP server."""

from __future__ import annotations

import socket
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from engine.dossiers.models import EventKind
from engine.dossiers.notifying import WORDS, SmtpMailer, notify_applicant
from engine.dossiers.queries import events_of

MORNING = "2026-03-10 09:40"


class Inbox:
    """Keeps what the server has taken, and refuses one address."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name the server calls
        if "full@example.org" in envelope.rcpt_tos:
            return "452 mailbox full"
        self.messages.append(envelope.content)
        return "250 OK"


@pytest.fixture
def inbox():
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.address = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()


def last_event(office, dossier):
    office.session.flush()
    return events_of(office.session, dossier.id)[-1]


@pytest.mark.parametrize("template", sorted(WORDS))
def test_the_applicant_gets_a_vietnamese_message_with_the_number(office, moment, inbox, template):
    dossier = office.receive(moment(MORNING))
    mailer = SmtpMailer(inbox.address, "motcua@example.org")
    assert notify_applicant(office.session, moment(MORNING), dossier.id, template, mailer)
    message = message_from_bytes(inbox.messages[0], policy=policy.default)
    assert (message["To"], message["From"]) == ("lien.he@example.org", "motcua@example.org")
    assert dossier.number in message["Subject"]
    assert "Kính gửi Ông/Bà Công ty TNHH Cơ khí Đồng Đăng" in message.get_content()
    assert last_event(office, dossier).details == {"template": template, "sent": True}


def test_without_an_address_nothing_is_sent_and_the_log_says_why(office, moment, inbox):
    now = moment(MORNING)
    reception = office.complete_reception(now)
    dossier = office.receive(now, replace(reception, applicant=replace(reception.applicant, email="")))
    assert not notify_applicant(
        office.session, now, dossier.id, "result_ready", SmtpMailer(inbox.address, "motcua@example.org")
    )
    assert inbox.messages == []
    assert last_event(office, dossier).details["reason"] == "no_address"


def test_without_a_mail_server_the_log_says_so(office, moment):
    dossier = office.receive(moment(MORNING))
    assert not notify_applicant(office.session, moment(MORNING), dossier.id, "result_ready", None)
    assert last_event(office, dossier).kind == EventKind.NOTIFIED
    assert last_event(office, dossier).details["reason"] == "no_mail_server"


def test_a_refused_message_fails_the_job_so_that_it_is_tried_again(office, moment, inbox):
    now = moment(MORNING)
    reception = office.complete_reception(now)
    dossier = office.receive(now, replace(reception, applicant=replace(reception.applicant, email="full@example.org")))
    with pytest.raises(OSError, match="452"):
        notify_applicant(
            office.session, now, dossier.id, "result_ready", SmtpMailer(inbox.address, "motcua@example.org")
        )


def test_the_job_exists_exactly_when_the_step_is_kept(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify_applicant'")
    assert office.session.scalar(jobs) == 0
    with office.session.begin_nested() as attempt:
        office.return_result(dossier, now)
        assert office.session.scalar(jobs) == 1
        attempt.rollback()
    assert office.session.scalar(jobs) == 0
