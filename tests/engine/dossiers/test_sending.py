"""Messages leave the house: signed, over real HTTP, once as far as we can tell, and kept while there is no address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from engine.command_line.working import GIVEN_UP, outgoing_post
from engine.dossiers.incidents import incidents, resolve_incident, retry_incident
from engine.dossiers.models import Event, EventKind, IncidentCause, IncidentState, OutgoingMessage, OutgoingState
from engine.dossiers.sending import (
    HttpPost,
    NotTaken,
    defer_sending,
    outgoing_messages_of,
    send_message,
    send_what_had_no_address,
    signature,
)
from engine.settings import Settings, WrongSetting

SECRET = "a secret of both sides"


class Receiver:
    """Another system's address: keeps what it gets and answers with `status`."""

    def __init__(self) -> None:
        self.status, self.got = 202, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802 - the standard library's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quietly."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.post = HttpPost(f"http://127.0.0.1:{self.server.server_port}/motcua?from=ls", SECRET)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def message(office, moment) -> OutgoingMessage:
    """A message that a dossier has sent out and that waits for its job."""
    now = moment("2026-03-10 09:00")
    dossier = office.receive(now)
    written = OutgoingMessage(
        id=uuid4(), dossier_id=dossier.id, name="decision_made", payload={"điểm": 10}, created_at=now, state="waiting"
    )
    office.session.add(written)
    office.session.flush()
    return written


def test_a_message_is_posted_as_json_with_a_signature_and_its_id(office, message, receiver, moment):
    now = moment("2026-03-10 09:01")
    assert send_message(office.session, now, str(message.id), receiver.post) == OutgoingState.SENT
    ((path, headers, body),) = receiver.got
    sent = json.loads(body)
    assert path == "/motcua?from=ls"
    assert headers["Idempotency-Key"] == str(message.id) == sent["id"]
    assert headers["Motcua-Signature"] == "sha256=" + signature(SECRET, body)
    assert (sent["message"], sent["payload"], sent["dossier"]) == ("decision_made", {"điểm": 10}, sent["dossier"])
    assert sent["dossier"].startswith("H37")
    assert (message.state, message.sent_at) == (OutgoingState.SENT, now)


def test_a_message_that_was_sent_is_not_sent_again_by_a_repeated_job(office, message, receiver, moment):
    for _ in range(2):
        send_message(office.session, moment("2026-03-10 09:01"), str(message.id), receiver.post)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_receiver_that_does_not_take_it_has_the_job_tried_again(office, message, receiver, status, moment):
    receiver.status = status
    with pytest.raises(NotTaken):
        send_message(office.session, moment("2026-03-10 09:01"), str(message.id), receiver.post)
    assert message.state == OutgoingState.WAITING


def test_nobody_listening_has_the_job_tried_again(office, message, moment):
    with pytest.raises(OSError):
        send_message(office.session, moment("2026-03-10 09:01"), str(message.id), HttpPost("http://127.0.0.1:9/", "s"))
    assert message.state == OutgoingState.WAITING


def test_without_an_address_it_is_kept_and_sent_once_there_is_one(office, message, receiver, moment):
    session, now = office.session, moment("2026-03-10 09:01")
    assert send_message(session, now, str(message.id), None) == OutgoingState.NO_ADDRESS
    assert [one.state for one in outgoing_messages_of(session, message.dossier_id)] == [OutgoingState.NO_ADDRESS]
    assert send_what_had_no_address(session) == 1
    assert send_what_had_no_address(session) == 0
    arguments = session.scalar(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'send_message'"))
    assert send_message(session, now, **arguments, post=receiver.post) == OutgoingState.SENT


def given_up(office, message, now):
    """The incidents after the last attempt to send the message has failed, as an administrator sees them."""
    GIVEN_UP["send_message"](office.session, now, NotTaken("answered with 500"), message_id=str(message.id))
    office.session.flush()
    return incidents(office.session, office.actor("quantri", now))


def test_a_message_that_is_never_taken_is_an_incident_of_its_dossier(office, message, moment):
    now = moment("2026-03-10 11:00")
    (incident,) = given_up(office, message, now)
    assert (message.state, incident.outgoing_message) == (OutgoingState.FAILED, message)
    assert (incident.cause, incident.dossier_id) == (IncidentCause.SENDING, message.dossier_id)
    assert "answered with 500" in incident.reason_en
    opened = office.session.scalars(select(Event).where(Event.kind == EventKind.INCIDENT_OPENED)).one()
    assert (opened.dossier_id, opened.details["cause"]) == (message.dossier_id, "sending")
    assert given_up(office, message, now) == [incident], "noting it again changes nothing"


def test_what_was_sent_after_all_is_no_incident(office, message, receiver, moment):
    now = moment("2026-03-10 11:00")
    send_message(office.session, now, str(message.id), receiver.post)
    assert given_up(office, message, now) == []
    assert message.state == OutgoingState.SENT


def test_an_administrator_has_it_sent_again(office, message, receiver, moment):
    now = moment("2026-03-10 11:00")
    (incident,) = given_up(office, message, now)
    retry_incident(office.session, office.actor("quantri", now), now, incident.id)
    assert (incident.state, message.state) == (IncidentState.RESOLVED, OutgoingState.WAITING)
    job = office.session.scalar(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'send_message'"))
    assert send_message(office.session, now, **job, post=receiver.post) == OutgoingState.SENT
    assert given_up(office, message, now) == []


def test_settled_by_hand_it_stays_unsent(office, message, moment):
    now = moment("2026-03-10 11:00")
    (incident,) = given_up(office, message, now)
    resolve_incident(office.session, office.actor("quantri", now), now, incident.id, "Đã gọi điện cho bên nhận")
    assert (incident.state, message.state) == (IncidentState.RESOLVED, OutgoingState.FAILED)
    assert office.session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_message'")) == 0


def test_the_job_exists_exactly_with_the_transaction(office, message):
    savepoint = office.session.begin_nested()
    defer_sending(office.session, message)
    jobs = text("SELECT count(*) FROM procrastinate_jobs")
    assert office.session.scalar(jobs) == 1
    savepoint.rollback()
    assert office.session.scalar(jobs) == 0


def test_an_address_needs_a_secret_and_a_scheme_that_is_known():
    assert outgoing_post(Settings()) is None
    assert outgoing_post(Settings(outgoing_url="https://x.example/y", outgoing_secret="s" * 16)) is not None
    with pytest.raises(WrongSetting, match="MOTCUA_OUTGOING_SECRET"):
        outgoing_post(Settings(outgoing_url="https://x.example/y"))
    with pytest.raises(WrongSetting, match="MOTCUA_OUTGOING_URL"):
        outgoing_post(Settings(outgoing_url="ftp://x.example/y", outgoing_secret="s" * 16))
