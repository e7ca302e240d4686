"""The event log as the counter reads it holds nothing that the agency keeps to itself (domain 2.5)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from engine.dossiers.models import Dossier, Event, EventKind

MORNING = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)


def test_opinions_notes_and_choices_are_for_the_agency_only(application, clerk, log_in, declaration):
    number = clerk.post("/dossiers", declaration).json["number"]
    with application.extensions["sessions"].begin() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.number == number)).one()
        inner = {
            EventKind.OPINION_GIVEN: {"agency": "Sở Xây dựng", "opinion": "disagree"},
            EventKind.NOTED: {"note": "Nghi ngờ giấy kiểm định"},
            EventKind.TASK_COMPLETED: {"name": "Thụ lý", "choices": {"decision": "refuse"}},
        }
        for kind, details in inner.items():
            session.add(Event(dossier_id=dossier.id, at=MORNING, kind=kind, actor_name="", details=details))

    def read(caller, size=100):
        return caller.get(f"/dossiers/{number}/events?size={size}")

    counter, agency, manager = read(clerk), read(log_in("nv.hoa")), read(log_in("tt.minh"))
    for words in ("disagree", "Nghi ngờ", "refuse"):
        assert words in str(agency.json)
        assert words not in str(counter.json)
        assert words not in str(manager.json)
    assert counter.json["items"][-1]["details"] == {"name": "Thụ lý"}


def test_a_cursor_with_a_number_for_an_id_is_refused(clerk):
    assert clerk.get("/tasks?after=WyIyMDIwLTAxLTAxIiwgMV0=").status_code == 422
