"""A whole dossier, from the token to the returned result, by nothing but the interface."""

from __future__ import annotations

from engine.demonstration.people import PASSWORD


def open_task(caller, element):
    """The caller's open task at `element`; reads the work list and the dossier as a program would."""
    items = caller.get("/tasks").json["items"]
    dossiers = {item["dossier"] for item in items}
    found = [
        task
        for number in dossiers
        for task in caller.get(f"/dossiers/{number}").json["open_tasks"]
        if task["element_id"] == element
    ]
    assert len(found) == 1, (element, items)
    return found[0]


def test_a_dossier_is_named_in_english_beside_the_vietnamese(clerk, declaration):
    dossier = clerk.post("/dossiers", declaration).json
    assert dossier["procedure_name_en"] == "Declaration of machinery with strict safety requirements"
    assert dossier["deciding_unit"]["name_en"] == "Department of Home Affairs"
    paper = dossier["components"][0]
    assert paper["name"].startswith("Phiếu khai báo sử dụng máy")
    assert paper["name_en"].startswith("Declaration of the use of machinery")
    assert [item["procedure_en"] for item in clerk.get("/tasks").json["items"]] == [dossier["procedure_name_en"]]


def test_what_is_to_be_paid_and_waited_for_is_named_in_english(clerk, guide_card):
    dossier = clerk.post("/dossiers", guide_card).json
    charge = dossier["charges"][0]
    assert charge["name"] == "Phí thẩm định cấp thẻ hướng dẫn viên du lịch nội địa"
    assert charge["name_en"] == "Appraisal fee for the domestic tour guide card"
    assert dossier["waits"]
    for wait in dossier["waits"]:
        assert wait["name_en"].isascii(), wait
        assert wait["name_en"] != wait["name"]


def complete(caller, element, **answers):
    answer = caller.post(f"/tasks/{open_task(caller, element)['id']}/complete", {"answers": answers})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_token_is_had_for_user_name_and_password(anybody):
    body = {"username": "bd.hung", "password": PASSWORD, "name": "Máy quét", "days": 7}
    given = anybody.post("/tokens", body)
    assert given.status_code == 201
    assert (given.json["person"], given.json["expires_at"]) == ("Nông Văn Hùng", "2026-11-30T02:30:00Z")
    anybody.token = given.json["token"]
    assert anybody.get("/tasks").status_code == 200


def test_a_safety_declaration_goes_from_the_counter_to_the_result(log_in, clerk, declaration, clock):
    head, officer, leader, records = map(log_in, ("nv.son", "nv.hoa", "nv.thang", "nv.mai"))

    procedures = clerk.get("/procedures?search=khai bao").json["items"]
    assert [procedure["code"] for procedure in procedures] == ["2.000134"]

    received = clerk.post("/dossiers", declaration)
    assert received.status_code == 201, received.text
    number = received.json["number"]
    assert received.json["state"] == "received"
    assert received.json["received_at"] == "2026-11-23T02:30:00Z"
    assert received.json["due_at"] == "2026-12-01T02:30:00Z", "5 working days; 24/11 is Vietnam Culture Day"

    complete(clerk, "give", packets=1)
    complete(records, "take", accepted=True)
    assert complete(head, "assign", officer="nv.hoa")["opened"][0]["claimed_by"] == "Triệu Thị Hòa"
    clock.advance(hours=2)
    complete(officer, "examine", decision="approve", inspection_valid=True)
    complete(head, "review", decision="approve")
    complete(leader, "sign", decision="sign")
    complete(records, "issue", document_number="128/GXN-SNV", document_date="2026-11-23")
    complete(clerk, "take_result", packets=1)
    ended = complete(clerk, "return_to_applicant", method="counter", recipient_name="Vi Văn Sỹ")

    assert ended["dossier_state"] == "returned"
    assert ended["closed_at"] == "2026-11-23T04:30:00Z"
    dossier = clerk.get(f"/dossiers/{number}").json
    assert dossier["open_tasks"] == dossier["waits"] == []
    assert dossier["result_number"] == "128/GXN-SNV"
    kinds = [event["kind"] for event in clerk.get(f"/dossiers/{number}/events").json["items"]]
    wanted = ["submitted", "received", "handed_over", "taken_over", "signed", "issued", "returned", "closed"]
    assert list(dict.fromkeys(kind for kind in kinds if kind in wanted)) == wanted
