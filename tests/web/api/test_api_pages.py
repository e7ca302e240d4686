"""Pages follow each other by a cursor: nothing is shown twice and nothing is left out, also while work goes on."""

from __future__ import annotations


def walk(caller, path, size):
    """All items of a list, page by page."""
    items, after = [], None
    while True:
        page = caller.get(f"{path}?size={size}" + (f"&after={after}" if after is not None else "")).json
        assert len(page["items"]) <= size
        items += page["items"]
        after = page["next"]
        if after is None:
            return items


def test_procedures_come_by_code(clerk):
    whole = clerk.get("/procedures").json
    assert whole["next"] is None
    codes = [procedure["code"] for procedure in whole["items"]]
    assert codes == sorted(codes)
    assert {"2.000134", "1.004623"} <= set(codes)
    assert walk(clerk, "/procedures", 2) == whole["items"]


def test_procedures_are_found_without_accents(clerk):
    found = clerk.get("/procedures?search=HUONG+dan+vien").json["items"]
    assert [procedure["code"] for procedure in found] == ["1.004623"]
    assert [unit["code"] for unit in found[0]["deciding_units"]] == ["VHTTDL"]


def test_procedures_are_named_in_english_beside_the_vietnamese(clerk):
    procedure = clerk.get("/procedures?search=1.004623").json["items"][0]
    assert (procedure["field"], procedure["field_en"]) == ("Du lịch", "Tourism")
    assert procedure["name_en"] == "Tour guide card (domestic, on-site)"
    unit = procedure["deciding_units"][0]
    assert unit["name"] == "Sở Văn hóa, Thể thao và Du lịch"
    assert unit["name_en"] == "Department of Culture, Sports and Tourism"


def test_a_body_that_has_ended_is_shown_as_its_successor(clerk):
    found = clerk.get("/procedures?search=2.000134").json["items"]
    assert [unit["code"] for unit in found[0]["deciding_units"]] == ["NV"]


def test_the_work_list_is_walked_whole(clerk, declaration, clock):
    for _ in range(5):
        clerk.post("/dossiers", declaration)
        clock.advance(minutes=1)
    whole = clerk.get("/tasks").json["items"]
    assert len(whole) == 5
    assert [item["id"] for item in walk(clerk, "/tasks", 2)] == [item["id"] for item in whole]
    assert [item["due_at"] for item in whole] == sorted(item["due_at"] for item in whole)


def test_a_task_done_between_two_pages_hides_no_other(clerk, declaration, clock):
    for _ in range(4):
        clerk.post("/dossiers", declaration)
        clock.advance(minutes=1)
    whole = [item["id"] for item in clerk.get("/tasks").json["items"]]
    first = clerk.get("/tasks?size=2").json
    clerk.post(f"/tasks/{whole[0]}/complete", {"answers": {"packets": 1}})
    second = clerk.get(f"/tasks?size=2&after={first['next']}").json
    assert [item["id"] for item in second["items"]] == whole[2:]


def test_the_work_list_shows_each_person_their_own(clerk, log_in, declaration):
    number = clerk.post("/dossiers", declaration).json["number"]
    assert [item["dossier"] for item in clerk.get("/tasks").json["items"]] == [number]
    assert [item["dossier"] for item in log_in("bd.hung").get("/tasks").json["items"]] == [number]
    assert log_in("nv.hoa").get("/tasks").json["items"] == []


def test_the_event_log_is_followed_from_where_one_was(clerk, declaration):
    received = clerk.post("/dossiers", declaration).json
    address = f"/dossiers/{received['number']}/events"
    whole = walk(clerk, address, 3)
    assert [event["id"] for event in whole] == sorted({event["id"] for event in whole})
    assert whole[0]["kind"] == "submitted"
    known = whole[-1]["id"]
    clerk.post(f"/tasks/{received['open_tasks'][0]['id']}/complete", {"answers": {"packets": 1}})
    new = clerk.get(f"{address}?after={known}").json["items"]
    assert "handed_over" in {event["kind"] for event in new}
    assert all(event["id"] > known for event in new)
    assert {event["actor"] for event in new} == {"Hoàng Thị Lan"}


def test_a_dossier_is_had_by_number_and_by_reference_with_its_identity_number_masked(clerk, declaration):
    received = clerk.post("/dossiers", declaration).json
    by_number = clerk.get(f"/dossiers/{received['number']}").json
    assert by_number == received == clerk.get(f"/dossiers/{received['reference']}").json
    assert by_number["applicant"]["identity_number"].count("•") >= 5
    assert declaration["applicant"]["identity_number"] not in str(by_number)


def test_a_dossier_that_is_not_complete_is_received_when_it_comes_back(clerk, declaration, clock):
    incomplete = declaration | {
        "components": [{"code": "declaration", "originals": 1}],
        "decision": "supplement",
        "reason": "Thiếu kết quả kiểm định.",
    }
    asked = clerk.post("/dossiers", incomplete).json
    assert (asked["state"], asked["number"]) == ("incomplete", None)
    events = clerk.get(f"/dossiers/{asked['reference']}/events").json["items"]
    papers = {event["kind"]: [paper["component"] for paper in event["papers"]] for event in events}
    assert papers["incomplete"] == ["inspection_result"]
    clock.advance(days=1)
    task = asked["open_tasks"][0]["id"]
    refused = clerk.post(f"/tasks/{task}/complete", {"answers": {}})
    assert (refused.status_code, refused.json["code"]) == (422, "wrong_reception_task")
    received = clerk.post("/dossiers", declaration | {"task": task})
    assert received.status_code == 201, received.text
    assert received.json["reference"] == asked["reference"]
    assert received.json["state"] == "received"
    assert received.json["number"]


def test_a_dossier_refused_at_the_counter_ends_there(clerk, declaration):
    refused = clerk.post("/dossiers", declaration | {"decision": "refuse", "reason": "Không thuộc thẩm quyền."}).json
    assert (refused["state"], refused["number"]) == ("rejected", None)
    assert refused["open_tasks"] == []
    assert refused["closed_at"]
