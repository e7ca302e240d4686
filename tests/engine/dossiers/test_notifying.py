"""Telling the applicant, through a real SMTP server."""

from __future__ import annotations

import socket
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from engine.command_line.working import GIVEN_UP
from engine.dossiers.models import EventKind
from engine.dossiers.notices import NOTICES
from engine.dossiers.notifying import SmtpMailer, notify_applicant
from engine.dossiers.operations import complete_reception, file_dossier, fire_due_timers, receive_dossier
from engine.dossiers.queries import events_of
from engine.dossiers.refusals import AlreadyClosed

MORNING = "2026-03-10 09:40"


OF_RECORDS = {"apology", "excess_refunded", "incomplete", "rejected", "supplement_requested"}
"""Notices that repeat what a paper or the book of money says, and so need an entry there."""


class Inbox:
    """Keeps what the server has taken, and refuses one address."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name the server calls
        if "full@example.org" in envelope.rcpt_tos:
            return "452 mailbox full"
        self.messages.append(envelope.content)
        return "250 OK"


class MailServer(Controller):
    """Listens where it was given a place, from the first moment on: nobody else can take the port in between."""

    def __init__(self, handler: Inbox) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = "smtp://{}:{}".format(*self.listening.getsockname())
        super().__init__(handler, *self.listening.getsockname(), ready_timeout=60, server_hostname="localhost")

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listening)


@pytest.fixture
def inbox():
    handler = Inbox()
    server = MailServer(handler)
    server.start()
    handler.address = server.address
    yield handler
    server.stop()


def last_event(office, dossier):
    office.session.flush()
    return events_of(office.session, dossier.id)[-1]


@pytest.mark.parametrize("template", sorted(NOTICES.keys() - OF_RECORDS))
def test_the_applicant_gets_a_vietnamese_message_with_the_number(office, moment, inbox, template):
    dossier = office.receive(moment(MORNING))
    mailer = SmtpMailer(inbox.address, "motcua@example.org")
    assert notify_applicant(office.session, moment(MORNING), dossier.id, template, mailer)
    message = message_from_bytes(inbox.messages[0], policy=policy.default)
    assert (message["To"], message["From"]) == ("lien.he@example.org", "motcua@example.org")
    assert dossier.number in message["Subject"]
    assert "Kính gửi Ông/Bà Công ty TNHH Cơ khí Đồng Đăng" in message.get_content()
    assert "Dear Công ty TNHH Cơ khí Đồng Đăng" in message.get_content()
    assert "$" not in message.get_content()
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


def test_a_job_that_runs_again_after_its_worker_died_tells_nobody_twice(office, moment, inbox):
    now = moment(MORNING)
    dossier = office.receive(now)
    mailer = SmtpMailer(inbox.address, "motcua@example.org")
    for notice in ("a", "a", "b"):
        assert notify_applicant(office.session, now, dossier.id, "result_ready", mailer, notice)
        office.session.flush()
    told = [event.details["notice"] for event in events_of(office.session, dossier.id) if event.kind == "notified"]
    assert (told, len(inbox.messages)) == (["a", "b"], 2)


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


def waiting(office, dossier):
    """The templates of the notices that are in the queue for this dossier."""
    office.session.flush()
    jobs = "SELECT args->>'template' FROM procrastinate_jobs WHERE task_name = 'notify_applicant'"
    mine = text(f"{jobs} AND args->>'dossier_id' = :id ORDER BY id")
    return list(office.session.scalars(mine, {"id": str(dossier.id)}))


def answer(office, now, channel, decision):
    """A dossier that came by `channel` without its inspection result, and the clerk's answer to it."""
    whole = office.complete_reception(now)
    lacking = replace(whole, channel=channel, components=whole.components[:1])
    clerk = office.actor("bd.lan", now)
    decided = replace(lacking, decision=decision, reason="Thiếu kết quả kiểm định {1} $x")
    if channel != "online":
        return receive_dossier(office.session, clerk, now, decided)
    dossier = file_dossier(office.session, now, lacking)
    task = office.task(dossier, "receive_dossier")
    return complete_reception(office.session, clerk, now, task.id, decided)


def received_mail(office, inbox, dossier, now, template):
    assert notify_applicant(office.session, now, dossier.id, template, SmtpMailer(inbox.address, "motcua@example.org"))
    return message_from_bytes(inbox.messages[-1], policy=policy.default)


@pytest.mark.parametrize("channel", ["online", "post"])
def test_who_filed_from_afar_is_told_what_has_to_be_completed(office, moment, inbox, channel):
    now = moment(MORNING)
    dossier = answer(office, now, channel, "supplement")
    assert waiting(office, dossier) == ["incomplete"]
    message = received_mail(office, inbox, dossier, now, "incomplete")
    assert message["Subject"] == (
        f"Hồ sơ {dossier.reference} cần được hoàn thiện / Dossier {dossier.reference} has to be completed"
    )
    said = message.get_content()
    assert "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ số 01/HDHS:" in said
    assert "- Bản sao kết quả kiểm định kỹ thuật an toàn" in said
    assert "Lý do: Thiếu kết quả kiểm định {1} $x" in said
    assert "trước ngày 09/04/2026" in said
    assert "Please complete it as asked in supplement request no. 01/HDHS:" in said
    assert "- Copy of the result of the technical safety inspection\n" in said
    assert "before 09/04/2026" in said


@pytest.mark.parametrize("channel", ["online", "post"])
def test_who_filed_from_afar_is_told_why_the_dossier_was_refused(office, moment, inbox, channel):
    now = moment(MORNING)
    dossier = answer(office, now, channel, "refuse")
    assert waiting(office, dossier) == ["rejected"]
    said = received_mail(office, inbox, dossier, now, "rejected").get_content()
    assert "Phiếu từ chối tiếp nhận giải quyết hồ sơ số 01/TCHS, với lý do sau: Thiếu kết quả kiểm định" in said
    assert "was not accepted (refusal no. 01/TCHS). Reason: Thiếu kết quả kiểm định" in said


@pytest.mark.parametrize("decision", ["supplement", "refuse"])
def test_at_the_counter_the_answer_is_handed_over_and_not_mailed(office, moment, decision):
    dossier = answer(office, moment(MORNING), "counter", decision)
    assert waiting(office, dossier) == []


def test_the_request_for_papers_is_mailed_with_its_rows(office, moment, inbox):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.ask_for_papers(dossier, now)
    assert waiting(office, dossier) == ["supplement_requested"]
    said = received_mail(office, inbox, dossier, now, "supplement_requested").get_content()
    assert "- Bản sao kết quả kiểm định kỹ thuật an toàn: Thiếu ảnh tem kiểm định" in said
    assert "Kính mời Ông/Bà bổ sung trước ngày 09/04/2026." in said
    assert "- Copy of the result of the technical safety inspection: Thiếu ảnh tem kiểm định" in said
    assert "Please supply them before 09/04/2026." in said


def ready(office, moment, method):
    """A dossier whose result came to the counter on 10 March at 09:40."""
    now = moment(MORNING)
    chosen = {"counter": {}, "post": {"return_address": "Số 5, đường Trần Đăng Ninh"}}[method]
    dossier = office.examine(now, replace(office.complete_reception(now), return_method=method, **chosen))
    office.do(dossier, "examine", "nv.hoa", now, {"decision": "approve", "inspection_valid": True})
    office.do(dossier, "review", "nv.son", now, {"decision": "approve"})
    office.do(dossier, "sign", "nv.thang", now, {"decision": "sign"})
    office.do(dossier, "issue", "nv.mai", now, {"document_number": "1/GXN", "document_date": "2026-03-10"})
    office.do(dossier, "take_result", "bd.lan", now, {"packets": 1})
    return dossier


def test_a_result_that_nobody_collects_is_recalled_twice_and_then_waits_in_silence(office, moment, inbox):
    dossier = ready(office, moment, "counter")
    assert not fire_due_timers(office.session, moment("2026-03-25 09:39"), dossier.id)
    assert waiting(office, dossier) == ["result_ready"]
    assert fire_due_timers(office.session, moment("2026-03-25 09:40"), dossier.id)
    assert fire_due_timers(office.session, moment("2026-04-09 09:40"), dossier.id)
    assert waiting(office, dossier) == ["result_ready", "result_unclaimed", "result_unclaimed"]
    assert not fire_due_timers(office.session, moment("2027-04-09 09:40"), dossier.id)
    said = received_mail(office, inbox, dossier, moment("2026-04-09 09:41"), "result_unclaimed").get_content()
    assert "đã có tại quầy nhưng chưa được nhận" in said
    answers = {"method": "counter", "recipient_name": "Lương Văn Tài", "recipient_identity": "020085001234"}
    office.do(dossier, "return_to_applicant", "bd.lan", moment("2027-04-10 09:00"), answers)
    assert dossier.closed_at is not None


def test_a_result_that_goes_by_post_is_not_recalled(office, moment):
    dossier = ready(office, moment, "post")
    assert fire_due_timers(office.session, moment("2026-03-25 09:40"), dossier.id)
    assert waiting(office, dossier) == ["result_ready"]


def test_a_result_that_was_collected_is_not_recalled(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.return_result(dossier, now)
    with pytest.raises(AlreadyClosed):
        fire_due_timers(office.session, moment("2026-03-25 09:40"), dossier.id)


def test_a_notice_that_was_never_taken_is_in_the_log_without_the_address(office, moment, inbox):
    now = moment(MORNING)
    reception = office.complete_reception(now)
    dossier = office.receive(now, replace(reception, applicant=replace(reception.applicant, email="full@example.org")))
    job = {"dossier_id": dossier.id, "template": "result_ready", "notice": "a"}
    with pytest.raises(OSError, match="452") as refused:
        notify_applicant(office.session, now, mailer=SmtpMailer(inbox.address, "motcua@example.org"), **job)
    GIVEN_UP["notify_applicant"](office.session, now, refused.value, **job)
    noted = last_event(office, dossier)
    assert (noted.kind, noted.at) == (EventKind.NOTIFIED, now)
    assert noted.details == {
        "template": "result_ready",
        "sent": False,
        "reason": "not_taken",
        "failure": "SMTPDataError",
        "notice": "a",
    }
