"""Invented people who hold every role in every unit, so that each step of each procedure can be tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from engine.organisation.models import Membership, Person, Role, Unit
from engine.organisation.operations import create_person, grant_role
from engine.organisation.queries import unit_by_code

PASSWORD = "motcua-demo"  # noqa: S105 - it opens nothing but invented data, and is printed at every start
"""The common password of the demo accounts; no other command ever creates an account with it."""

FIRST_DAY = date(2020, 10, 1)
"""Since when the demo people hold their roles: the first day of the post office's counter."""

PREDECESSORS = {"NV": "LDTBXH", "KHCN": "TTTT", "NNMT": "TNMT", "TC": "KHDT"}
"""Units whose people did the same work in a former unit; TC existed before it took KHDT over."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One invented person: a user name that tells unit and given name, and what they do."""

    username: str
    full_name: str
    unit: str
    role: Role


PEOPLE = (
    DemoPerson("bd.lan", "Hoàng Thị Lan", "QUAY1", Role.POST_CLERK),
    DemoPerson("bd.hung", "Nông Văn Hùng", "QUAY1", Role.POST_CLERK),
    DemoPerson("tt.minh", "Lương Quang Minh", "TTPVHCC", Role.CENTRE_MANAGER),
    DemoPerson("nv.son", "Vi Hồng Sơn", "NV", Role.DIVISION_HEAD),
    DemoPerson("nv.hoa", "Triệu Thị Hòa", "NV", Role.OFFICER),
    DemoPerson("nv.dung", "Lý Tiến Dũng", "NV", Role.OFFICER),
    DemoPerson("nv.thang", "Hứa Đức Thắng", "NV", Role.LEADER),
    DemoPerson("nv.mai", "Đặng Thị Mai", "NV", Role.RECORDS_CLERK),
    DemoPerson("vh.binh", "Nguyễn Thanh Bình", "VHTTDL", Role.DIVISION_HEAD),
    DemoPerson("vh.huong", "Bế Thu Hương", "VHTTDL", Role.OFFICER),
    DemoPerson("vh.tuan", "Hoàng Anh Tuấn", "VHTTDL", Role.OFFICER),
    DemoPerson("vh.cuong", "Dương Mạnh Cường", "VHTTDL", Role.LEADER),
    DemoPerson("vh.nga", "Phùng Thúy Nga", "VHTTDL", Role.RECORDS_CLERK),
    DemoPerson("bq.hai", "Chu Minh Hải", "BQLKKTCK", Role.DIVISION_HEAD),
    DemoPerson("bq.thuy", "Lê Thị Thủy", "BQLKKTCK", Role.OFFICER),
    DemoPerson("bq.long", "Mã Văn Long", "BQLKKTCK", Role.OFFICER),
    DemoPerson("bq.khanh", "Trần Quốc Khánh", "BQLKKTCK", Role.LEADER),
    DemoPerson("bq.yen", "Nông Hải Yến", "BQLKKTCK", Role.RECORDS_CLERK),
    DemoPerson("kc.phong", "Đinh Gia Phong", "KHCN", Role.DIVISION_HEAD),
    DemoPerson("kc.linh", "Vũ Khánh Linh", "KHCN", Role.OFFICER),
    DemoPerson("kc.quan", "Hà Minh Quân", "KHCN", Role.OFFICER),
    DemoPerson("kc.tam", "Nguyễn Đức Tâm", "KHCN", Role.LEADER),
    DemoPerson("kc.thao", "Lộc Phương Thảo", "KHCN", Role.RECORDS_CLERK),
    DemoPerson("ub.ha", "Lâm Thị Hà", "UBND", Role.DIVISION_HEAD),
    DemoPerson("ub.nam", "Phạm Hoài Nam", "UBND", Role.OFFICER),
    DemoPerson("ub.viet", "Hoàng Quốc Việt Anh", "UBND", Role.LEADER),
    DemoPerson("ub.oanh", "Tô Kim Oanh", "UBND", Role.RECORDS_CLERK),
    DemoPerson("nn.duc", "Vi Trung Đức", "NNMT", Role.OFFICER),
    DemoPerson("xd.kien", "Lăng Trung Kiên", "XD", Role.OFFICER),
    DemoPerson("tc.ngoc", "Đỗ Bích Ngọc", "TC", Role.OFFICER),
    DemoPerson("ca.hieu", "Hoàng Trọng Hiếu", "CA", Role.OFFICER),
    DemoPerson("bp.manh", "Nguyễn Đức Mạnh", "BDBP", Role.OFFICER),
    DemoPerson("th.trang", "Lương Huyền Trang", "THUE", Role.OFFICER),
    DemoPerson("thietke", "Nguyễn Hà My", "TTPVHCC", Role.PROCESS_DESIGNER),
    DemoPerson("quantri", "Đàm Văn Toàn", "TTPVHCC", Role.ADMINISTRATOR),
)


def create_people(session: Session, now: datetime) -> list[Person]:
    """Create the demo people with their roles, those in former units too, so that past years can be replayed.

    Needs the published organisation. Raises UsernameTaken when one of them is there already.
    """
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    return [_create(session, now, person, units) for person in PEOPLE]


def _create(session: Session, now: datetime, demo: DemoPerson, units: dict[str, Unit]) -> Person:
    person = create_person(session, None, now, demo.username, demo.full_name, PASSWORD)
    unit = units.get(demo.unit) or unit_by_code(session, demo.unit)
    grant_role(session, None, now, person, unit, demo.role, valid_from=max(unit.valid_from, FIRST_DAY))
    former = units.get(PREDECESSORS.get(demo.unit, ""))
    if former is not None:
        grant_role(session, None, now, person, former, demo.role, valid_from=FIRST_DAY, valid_to=former.valid_to)
    return person


def sign_in_table(sessions: sessionmaker[Session], language: str) -> str:
    """The demo accounts that exist, as lines for the console; empty when there are none."""
    statement = (
        select(Person.username, Person.full_name, Unit, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Person.active, Person.username.in_([person.username for person in PEOPLE]), Membership.valid_to.is_(None)
        )
        .order_by(Membership.id)
    )
    with sessions() as session:
        rows = session.execute(statement).all()
    if not rows:
        return ""
    lines = [
        f"  {username:10} {full_name:22} {Role(role).title_in(language)}, {_name_of(unit, language)}"
        for username, full_name, unit, role in rows
    ]
    title = "Tài khoản dùng thử, mật khẩu chung" if language == "vi" else "Demo accounts, all with the password"
    return "\n".join([f"  {title}: {PASSWORD}", *lines, ""])


def _name_of(unit: Unit, language: str) -> str:
    return unit.name if language == "vi" else unit.name_en
