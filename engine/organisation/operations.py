"""People, their rights and their log-in; whoever calls commits.

`actor` is None when the command line or the start-up acts; every other caller must be an administrator.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine.database.jobs import defer
from engine.identities import fold
from engine.organisation.actors import Actor
from engine.organisation.models import (
    AdministrationEvent,
    ApiToken,
    LoginFailure,
    Membership,
    Person,
    Role,
    Unit,
)
from engine.organisation.models import AdministrationEventKind as Kind
from engine.organisation.publication import publish_organisation, publish_settings
from engine.organisation.queries import during, local_day, person_by_username, roles_of, token_hash
from engine.organisation.refusals import (
    LastAdministrator,
    NotAdministrator,
    PeriodReversed,
    RoleAlreadyHeld,
    TokenLifetime,
    TooManyAttempts,
    TooManyAttemptsFromNetwork,
    UsernameTaken,
    WrongPassword,
)
from engine.organisation.rules import (
    FAILURE_WINDOW,
    MOST_FAILURES,
    MOST_NETWORK_FAILURES,
    MOST_PASSWORD,
    MOST_TOKEN_DAYS,
    check_new_password,
    check_username,
    minutes_locked,
)

__all__ = [
    "authenticate",
    "change_password",
    "close_account",
    "create_person",
    "create_token",
    "end_sessions",
    "grant_role",
    "publish_organisation",
    "publish_settings",
    "revoke_role",
    "revoke_token",
]

_HASHER = PasswordHasher()
"""argon2id with the library's present parameters; an older hash is renewed at the next log-in."""


def create_person(
    session: Session,
    actor: Actor | None,
    now: datetime,
    username: str,
    full_name: str,
    password: str,
    *,
    language: str = "vi",
) -> Person:
    """A new account without any role; raises UsernameInvalid, UsernameTaken, PasswordTooShort or PasswordTooLong."""
    _only_administrators(actor)
    stored = check_username(username)
    check_new_password(password)
    created: Person | None = session.scalar(
        insert(Person)
        .values(
            username=stored,
            full_name=full_name.strip(),
            folded_name=fold(full_name),
            password_hash=_HASHER.hash(password),
            language=language,
            active=True,
            session_epoch=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Person.username])
        .returning(Person)
    )
    if created is None:
        raise UsernameTaken(username=stored)
    _log(session, actor, now, Kind.PERSON_CREATED, stored, full_name=full_name)
    return created


def grant_role(
    session: Session,
    actor: Actor | None,
    now: datetime,
    person: Person,
    unit: Unit,
    role: Role,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give `person` the role in the unit, from today unless told otherwise; raises RoleAlreadyHeld, PeriodReversed."""
    _only_administrators(actor)
    first = valid_from or local_day(now)
    if valid_to and valid_to < first:
        raise PeriodReversed(first=first, last=valid_to)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    if any(_meets(held, first, valid_to) for held in _held(session, person, unit, role)):
        raise RoleAlreadyHeld(person=person.full_name, role=role, unit=unit.name)
    membership = Membership(person=person, unit=unit, role=role, valid_from=first, valid_to=valid_to)
    session.add(membership)
    session.flush()
    _log(session, actor, now, Kind.ROLE_GRANTED, person.username, role=role, unit=unit.code, valid_from=str(first))
    return membership


def revoke_role(session: Session, actor: Actor | None, now: datetime, membership: Membership) -> None:
    """End the role: the day before was its last, so that it is gone at once and the history stays.

    A role that was to begin today or later never comes into force and is removed; the log keeps it. A job gives the
    tasks that the person has taken in this role back to their queues. Raises LastAdministrator when nobody could look
    after accounts any more.
    """
    _only_administrators(actor)
    administrators = _administrators(session, now) if membership.role == Role.ADMINISTRATOR else []
    person, yesterday = membership.person, local_day(now) - timedelta(days=1)
    if membership.valid_from > yesterday:
        session.delete(membership)
    elif membership.valid_to is None or membership.valid_to > yesterday:
        membership.valid_to = yesterday
    session.flush()
    if administrators and not _administrators(session, now):
        raise LastAdministrator(person=person.username)
    defer(session, "release_tasks_of", arguments={"person_id": person.id})
    _log(
        session,
        actor,
        now,
        Kind.ROLE_REVOKED,
        person.username,
        role=membership.role,
        unit=membership.unit.code,
        valid_from=str(membership.valid_from),
    )


def change_password(
    session: Session, actor: Actor, now: datetime, person: Person, new: str, current: str | None = None
) -> None:
    """A new password, which ends every open session and every token of the person: who had the old one may have them.

    One's own needs the `current` one (raises WrongPassword); an administrator may set anybody else's.
    """
    if actor.id != person.id:
        _only_administrators(actor)
    elif current is None or not _matches(person.password_hash, current):
        raise WrongPassword()
    check_new_password(new)
    person.password_hash = _HASHER.hash(new)
    person.session_epoch += 1
    _log(session, actor, now, Kind.PASSWORD_CHANGED, person.username)
    _revoke_tokens(session, actor, now, person)


def close_account(session: Session, actor: Actor | None, now: datetime, person: Person) -> None:
    """Switch the account off: no log-in, no open session, no token and no role remains; the person stays on record.

    Raises LastAdministrator when nobody else could look after accounts then. Closing it twice changes nothing.
    """
    _only_administrators(actor)
    if _administrators(session, now) == [person.id]:
        raise LastAdministrator(person=person.username)
    if not person.active:
        return
    person.active = False
    person.session_epoch += 1
    _revoke_tokens(session, actor, now, person)
    for membership in roles_of(session, person, local_day(now)):
        revoke_role(session, actor, now, membership)
    _log(session, actor, now, Kind.ACCOUNT_CLOSED, person.username)


def end_sessions(session: Session, actor: Actor) -> None:
    """End every open session of the acting person, on whatever machine: a copied cookie opens nothing afterwards."""
    raised = update(Person).where(Person.id == actor.id).values(session_epoch=Person.session_epoch + 1)
    session.execute(raised.execution_options(synchronize_session=False))


def authenticate(session: Session, now: datetime, username: str, password: str, *, network: str = "") -> Person | None:
    """The person who logs in, or None when user name or password is wrong or the account is switched off.

    The caller commits in either case, for a failure is counted. Raises TooManyAttempts without looking at the password
    once MOST_FAILURES wrong ones for this name came within FAILURE_WINDOW, and TooManyAttemptsFromNetwork once
    MOST_NETWORK_FAILURES came from `network` (empty where it is not known). An unknown user name takes as long as a
    known one; a success forgives the failures for its name only.
    """
    digest, origin = _digest(username.strip().lower()), _digest(network) if network else None
    if minutes := _minutes_locked(session, now, LoginFailure.username_digest == digest, MOST_FAILURES):
        raise TooManyAttempts(minutes=minutes)
    if origin and (
        minutes := _minutes_locked(session, now, LoginFailure.network_digest == origin, MOST_NETWORK_FAILURES)
    ):
        raise TooManyAttemptsFromNetwork(minutes=minutes)
    person = person_by_username(session, username)
    stored = person.password_hash if person else _hash_of_nobody()
    if not _matches(stored, password) or person is None or not person.active:
        session.execute(delete(LoginFailure).where(LoginFailure.at < now - FAILURE_WINDOW))
        session.add(LoginFailure(username_digest=digest, network_digest=origin, at=now))
        session.flush()
        return None
    session.execute(delete(LoginFailure).where(LoginFailure.username_digest == digest))
    if _HASHER.check_needs_rehash(stored):
        person.password_hash = _HASHER.hash(password)
    return person


def create_token(
    session: Session, actor: Actor, now: datetime, person: Person, name: str, *, days: int = 90
) -> tuple[ApiToken, str]:
    """A bearer token for `person` and its text, which is shown this once and never kept; raises TokenLifetime."""
    if actor.id != person.id:
        _only_administrators(actor)
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise TokenLifetime(most=MOST_TOKEN_DAYS)
    secret = "motcua_" + secrets.token_urlsafe(32)
    token = ApiToken(
        person_id=person.id,
        token_hash=token_hash(secret),
        name=name.strip()[:80],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    _log(session, actor, now, Kind.TOKEN_CREATED, person.username, name=token.name, expires_at=str(token.expires_at))
    return token, secret


def revoke_token(session: Session, actor: Actor | None, now: datetime, token: ApiToken) -> None:
    """Make the token worthless from now on; revoking it twice changes nothing."""
    if actor is None or actor.id != token.person_id:
        _only_administrators(actor)
    done = session.execute(
        update(ApiToken).where(ApiToken.id == token.id, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )
    if done.rowcount:  # type: ignore[attr-defined]
        owner = session.get_one(Person, token.person_id)
        _log(session, actor, now, Kind.TOKEN_REVOKED, owner.username, name=token.name)


def _revoke_tokens(session: Session, actor: Actor | None, now: datetime, person: Person) -> None:
    for token in session.scalars(select(ApiToken).where(ApiToken.person_id == person.id)).all():
        revoke_token(session, actor, now, token)


def _only_administrators(actor: Actor | None) -> None:
    if actor is not None and not actor.holds(Role.ADMINISTRATOR):
        raise NotAdministrator()


def _administrators(session: Session, now: datetime) -> list[int]:
    """Who can look after accounts; locked in one order, so that two cannot end each other at the same moment."""
    in_force = and_(
        Membership.role == Role.ADMINISTRATOR, during(local_day(now), Membership.valid_from, Membership.valid_to)
    )
    active = select(Person.id).where(Person.active, Person.memberships.any(in_force))
    return list(session.scalars(active.order_by(Person.id).with_for_update()))


def _held(session: Session, person: Person, unit: Unit, role: Role) -> list[Membership]:
    return list(
        session.scalars(
            select(Membership).where(
                Membership.person_id == person.id, Membership.unit_id == unit.id, Membership.role == role
            )
        )
    )


def _meets(held: Membership, first: date, last: date | None) -> bool:
    return (held.valid_to is None or first <= held.valid_to) and (last is None or held.valid_from <= last)


def _minutes_locked(session: Session, now: datetime, of_whom: ColumnElement[bool], most: int) -> int:
    failures = session.scalars(
        select(LoginFailure.at)
        .where(of_whom, LoginFailure.at > now - FAILURE_WINDOW)
        .order_by(LoginFailure.at.desc())
        .limit(most)
    ).all()
    return minutes_locked(failures, now, most)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _matches(stored: str, password: str) -> bool:
    if len(password) > MOST_PASSWORD:
        password = ""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    """A hash that no password matches, so that an unknown user name costs the same time."""
    return _HASHER.hash(secrets.token_hex(32))


def _log(session: Session, actor: Actor | None, now: datetime, kind: Kind, subject: str, **details: Any) -> None:
    session.add(
        AdministrationEvent(
            at=now,
            kind=kind,
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else "",
            subject=subject,
            details=details,
        )
    )
    session.flush()
