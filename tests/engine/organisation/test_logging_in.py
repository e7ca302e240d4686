"""Log-in, throttling, passwords, tokens, and who may change them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.organisation import operations
from engine.organisation.actors import Actor
from engine.organisation.models import AdministrationEvent, ApiToken, LoginFailure, Membership, Person, Role
from engine.organisation.operations import (
    authenticate,
    change_password,
    close_account,
    create_person,
    create_token,
    grant_role,
    publish_organisation,
    revoke_role,
    revoke_token,
)
from engine.organisation.queries import actor_by_token, actor_for, unit_by_code
from engine.organisation.refusals import (
    LastAdministrator,
    NotAdministrator,
    PasswordTooShort,
    RoleAlreadyHeld,
    TokenInvalid,
    TokenLifetime,
    TooManyAttempts,
    TooManyAttemptsFromNetwork,
    UsernameInvalid,
    UsernameTaken,
    WrongPassword,
)
from engine.organisation.rules import FAILURE_WINDOW, MOST_FAILURES, MOST_NETWORK_FAILURES

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
NOW = datetime(2022, 3, 22, 3, 0, tzinfo=UTC)
PASSWORD = "Đường-lên-Mẫu-Sơn"


@pytest.fixture
def person(session: Session) -> Person:
    return create_person(session, None, NOW, "Nong.Dao", "Nông Thị Đào", PASSWORD)


def actor(session: Session, person: Person) -> Actor:
    return actor_for(session, person, NOW.date())


def administrator(session: Session) -> Actor:
    publish_organisation(session, NOW, PROCESSES)
    person = create_person(session, None, NOW, "quan.tri", "Quản trị", PASSWORD)
    grant_role(session, None, NOW, person, unit_by_code(session, "TTPVHCC"), Role.ADMINISTRATOR)
    return actor(session, person)


def test_the_right_password_opens_in_whatever_case_the_user_name_is_typed(session: Session, person: Person) -> None:
    assert authenticate(session, NOW, " NONG.DAO ", PASSWORD) == person
    assert person.folded_name == "nong thi dao"


@pytest.mark.parametrize(
    ("username", "password"), [("nong.dao", "sai-mat-khau"), ("nobody", PASSWORD), ("nong.dao", ""), ("", "")]
)
def test_what_was_wrong_is_not_told_and_counts(session: Session, person: Person, username: str, password: str) -> None:
    assert authenticate(session, NOW, username, password) is None
    assert session.scalar(select(func.count(LoginFailure.id))) == 1


def test_an_unknown_user_name_costs_a_password_check_too(
    session: Session, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = PasswordHasher.verify

    def counting(self: PasswordHasher, hash: str, password: str) -> bool:
        checked.append(hash)
        return real(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    authenticate(session, NOW, "nobody", PASSWORD)
    authenticate(session, NOW, "nong.dao", "sai")
    assert len(checked) == 2
    assert checked[0].split("$")[:4] == checked[1].split("$")[:4]


def test_a_switched_off_account_does_not_open(session: Session, person: Person) -> None:
    person.active = False
    assert authenticate(session, NOW, "nong.dao", PASSWORD) is None


def test_too_many_wrong_passwords_lock_even_the_right_one_until_the_window_has_passed(
    session: Session, person: Person
) -> None:
    for attempt in range(MOST_FAILURES):
        assert authenticate(session, NOW + timedelta(seconds=attempt), "nong.dao", "sai") is None
    with pytest.raises(TooManyAttempts) as refused:
        authenticate(session, NOW + timedelta(minutes=1), "nong.dao", PASSWORD)
    assert "14 phút" in refused.value.message("vi")
    assert authenticate(session, NOW + FAILURE_WINDOW, "nong.dao", PASSWORD) == person


def test_one_name_locked_leaves_the_others_open(session: Session, person: Person) -> None:
    other = create_person(session, None, NOW, "vi.lan", "Vi Thị Lan", PASSWORD)
    for _ in range(MOST_FAILURES):
        authenticate(session, NOW, "nong.dao", "sai")
    assert authenticate(session, NOW, "vi.lan", PASSWORD) == other


def fail_from(session: Session, network: str, number: int) -> None:
    """So many people of one network mistype."""
    for turn in range(number):
        assert authenticate(session, NOW, f"{network}.{turn}", "sai", network=network) is None


def test_a_network_that_guesses_for_many_names_is_locked_and_the_others_are_not(
    session: Session, person: Person
) -> None:
    fail_from(session, "203.0.113.9", MOST_NETWORK_FAILURES)
    with pytest.raises(TooManyAttemptsFromNetwork) as refused:
        authenticate(session, NOW + timedelta(minutes=1), "nong.dao", PASSWORD, network="203.0.113.9")
    assert "14 phút" in refused.value.message("vi")
    assert authenticate(session, NOW, "nong.dao", PASSWORD, network="203.0.113.10") == person
    assert authenticate(session, NOW + FAILURE_WINDOW, "nong.dao", PASSWORD, network="203.0.113.9") == person


def test_an_office_behind_one_address_may_mistype_a_lot(session: Session, person: Person) -> None:
    fail_from(session, "203.0.113.9", MOST_NETWORK_FAILURES - 1)
    assert authenticate(session, NOW, "nong.dao", PASSWORD, network="203.0.113.9") == person


def test_a_success_opens_its_network_to_no_more_guesses(session: Session, person: Person) -> None:
    """Else who has one account could guess for all others without end."""
    fail_from(session, "203.0.113.9", MOST_NETWORK_FAILURES - 1)
    authenticate(session, NOW, "nong.dao", PASSWORD, network="203.0.113.9")
    assert authenticate(session, NOW, "vi.lan", "sai", network="203.0.113.9") is None
    with pytest.raises(TooManyAttemptsFromNetwork):
        authenticate(session, NOW, "nong.dao", PASSWORD, network="203.0.113.9")


def test_where_the_network_is_unknown_only_names_are_locked(session: Session, person: Person) -> None:
    fail_from(session, "", MOST_NETWORK_FAILURES + 1)
    assert authenticate(session, NOW, "nong.dao", PASSWORD) == person


def test_the_network_that_somebody_came_from_is_not_kept_in_clear(session: Session) -> None:
    fail_from(session, "203.0.113.9", 1)
    assert session.scalars(select(LoginFailure.network_digest)).one() == hashlib.sha256(b"203.0.113.9").hexdigest()


def test_a_success_forgives_earlier_mistakes(session: Session, person: Person) -> None:
    for _ in range(MOST_FAILURES - 1):
        authenticate(session, NOW, "nong.dao", "sai")
    authenticate(session, NOW, "nong.dao", PASSWORD)
    assert authenticate(session, NOW, "nong.dao", "sai") is None
    assert authenticate(session, NOW, "nong.dao", PASSWORD) == person


def test_what_was_typed_as_user_name_is_not_kept(session: Session) -> None:
    authenticate(session, NOW, "mat-khau-go-nham", "x")
    failure = session.scalars(select(LoginFailure)).one()
    assert "nham" not in failure.username_digest


def test_a_hash_with_weaker_parameters_is_renewed_at_log_in(
    session: Session, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "_HASHER", PasswordHasher())
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    person.password_hash = weak
    assert authenticate(session, NOW, "nong.dao", PASSWORD) == person
    assert person.password_hash != weak
    assert not PasswordHasher().check_needs_rehash(person.password_hash)


def test_a_damaged_hash_lets_nobody_in(session: Session, person: Person) -> None:
    person.password_hash = "not a hash"
    assert authenticate(session, NOW, "nong.dao", PASSWORD) is None


def test_changing_ones_password_needs_the_present_one_and_ends_other_sessions(session: Session, person: Person) -> None:
    with pytest.raises(WrongPassword):
        change_password(session, actor(session, person), NOW, person, "mat-khau-moi", "sai")
    with pytest.raises(PasswordTooShort):
        change_password(session, actor(session, person), NOW, person, "ngan", PASSWORD)
    change_password(session, actor(session, person), NOW, person, "mat-khau-moi", PASSWORD)
    assert person.session_epoch == 1
    assert authenticate(session, NOW, "nong.dao", "mat-khau-moi") == person


def test_only_an_administrator_changes_somebody_else(session: Session, person: Person) -> None:
    chief = administrator(session)
    with pytest.raises(NotAdministrator):
        change_password(session, actor(session, person), NOW, chief.person, "mat-khau-moi")
    with pytest.raises(NotAdministrator):
        create_person(session, actor(session, person), NOW, "ke.moi", "Kẻ Mới", PASSWORD)
    with pytest.raises(NotAdministrator):
        grant_role(session, actor(session, person), NOW, person, unit_by_code(session, "UBND"), Role.ADMINISTRATOR)
    change_password(session, chief, NOW, person, "mat-khau-moi")
    assert authenticate(session, NOW, "nong.dao", "mat-khau-moi") == person


def test_a_role_is_not_given_twice_for_the_same_time(session: Session, person: Person) -> None:
    chief = administrator(session)
    unit = unit_by_code(session, "VHTTDL")
    grant_role(session, chief, NOW, person, unit, Role.OFFICER)
    with pytest.raises(RoleAlreadyHeld):
        grant_role(session, chief, NOW, person, unit, Role.OFFICER, valid_from=NOW.date() + timedelta(days=30))


def test_a_taken_user_name_is_refused_and_the_transaction_goes_on(session: Session, person: Person) -> None:
    with pytest.raises(UsernameTaken):
        create_person(session, None, NOW, "nong.dao", "Người khác", PASSWORD)
    assert session.scalar(select(func.count(Person.id)).where(Person.username == "nong.dao")) == 1


@pytest.mark.parametrize("username", ["", "ab", "có dấu", "a b c", "x" * 61, "-abc", "a@b.vn"])
def test_a_strange_user_name_is_refused(session: Session, username: str) -> None:
    with pytest.raises(UsernameInvalid):
        create_person(session, None, NOW, username, "Ai đó", PASSWORD)


def test_a_token_speaks_for_its_person_until_it_expires(session: Session, person: Person) -> None:
    token, secret = create_token(session, actor(session, person), NOW, person, "kiosk", days=1)
    assert actor_by_token(session, NOW, secret).id == person.id
    assert secret not in token.token_hash
    with pytest.raises(TokenInvalid):
        actor_by_token(session, NOW + timedelta(days=1), secret)
    with pytest.raises(TokenInvalid):
        actor_by_token(session, NOW, secret[:-1])


def test_a_revoked_token_or_a_switched_off_person_gets_no_further(session: Session, person: Person) -> None:
    self = actor(session, person)
    _, kept = create_token(session, self, NOW, person, "còn dùng")
    token, revoked = create_token(session, self, NOW, person, "bỏ")
    revoke_token(session, self, NOW, token)
    with pytest.raises(TokenInvalid):
        actor_by_token(session, NOW, revoked)
    person.active = False
    session.flush()
    with pytest.raises(TokenInvalid):
        actor_by_token(session, NOW, kept)


@pytest.mark.parametrize("days", [0, -1, 5000])
def test_every_token_has_a_sensible_end(session: Session, person: Person, days: int) -> None:
    with pytest.raises(TokenLifetime):
        create_token(session, actor(session, person), NOW, person, "mãi mãi", days=days)
    assert session.scalar(select(func.count(ApiToken.id))) == 0


def test_a_changed_password_ends_tokens_and_the_log_says_who_did_what_and_never_a_secret(
    session: Session, person: Person
) -> None:
    _, secret = create_token(session, actor(session, person), NOW, person, "kiosk")
    change_password(session, actor(session, person), NOW, person, "mat-khau-moi", PASSWORD)
    events = list(session.scalars(select(AdministrationEvent).order_by(AdministrationEvent.id)))
    assert [event.kind for event in events] == ["person_created", "token_created", "password_changed", "token_revoked"]
    assert [event.actor_name for event in events] == ["", *["Nông Thị Đào"] * 3]
    with pytest.raises(TokenInvalid):
        actor_by_token(session, NOW, secret)
    written = " ".join(str(event.details) + event.subject for event in events)
    assert not any(word in written for word in (secret, PASSWORD, "mat-khau-moi", "argon2"))


def test_a_closed_account_keeps_no_role_no_token_and_no_session(session: Session, person: Person) -> None:
    acting = administrator(session)
    grant_role(session, None, NOW - timedelta(days=9), person, unit_by_code(session, "TTPVHCC"), Role.OFFICER)
    _, secret = create_token(session, actor(session, person), NOW, person, "kiosk")
    close_account(session, acting, NOW, person)
    close_account(session, acting, NOW, person)
    assert (person.active, person.session_epoch) == (False, 1)
    assert actor(session, person).memberships == frozenset()
    with pytest.raises(TokenInvalid):
        actor_by_token(session, NOW, secret)
    assert authenticate(session, NOW, "nong.dao", PASSWORD) is None
    events = select(AdministrationEvent.kind).where(AdministrationEvent.subject == "nong.dao")
    assert session.scalars(events.order_by(AdministrationEvent.id)).all()[-3:] == [
        "token_revoked",
        "role_revoked",
        "account_closed",
    ]


def test_the_only_administrator_left_is_not_closed_and_nobody_else_closes_anybody(
    session: Session, person: Person
) -> None:
    acting = administrator(session)
    with pytest.raises(NotAdministrator):
        close_account(session, actor(session, person), NOW, acting.person)
    with pytest.raises(LastAdministrator):
        close_account(session, acting, NOW, acting.person)
    grant_role(session, None, NOW, person, unit_by_code(session, "TTPVHCC"), Role.ADMINISTRATOR)
    close_account(session, acting, NOW, acting.person)
    assert not acting.person.active


def test_the_last_administrators_role_is_not_revoked(session: Session, person: Person) -> None:
    acting = administrator(session)
    held = session.scalars(select(Membership).where(Membership.role == Role.ADMINISTRATOR)).one()
    with pytest.raises(LastAdministrator), session.begin_nested():
        revoke_role(session, acting, NOW, held)
    granted = grant_role(session, None, NOW, person, unit_by_code(session, "TTPVHCC"), Role.ADMINISTRATOR)
    revoke_role(session, acting, NOW, held)
    with pytest.raises(LastAdministrator), session.begin_nested():
        revoke_role(session, None, NOW, granted)
    assert actor(session, person).holds(Role.ADMINISTRATOR)
