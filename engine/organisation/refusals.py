"""Why the organisation's data, a right or a log-in is refused."""

from __future__ import annotations

from engine.refusals import Conflict, Forbidden, Invalid, NotFound, TooOften, Unauthenticated
from engine.worktime import WorktimeFileInvalid


class UnknownUnit(NotFound):
    """No unit has this code."""

    vi = "Không có đơn vị nào mang mã “{code}”."
    en = "There is no unit with the code “{code}”."
    remedy_vi = "Kiểm tra mã trong processes/organisation/units.yaml."
    remedy_en = "Check the code in processes/organisation/units.yaml."


class UnitNotYet(Invalid):
    """The unit begins later than the day asked for."""

    vi = "Đơn vị {unit} chỉ hoạt động từ ngày {valid_from}, chưa có vào ngày {on}."
    en = "The unit {unit} exists from {valid_from}; it did not exist yet on {on}."
    remedy_vi = "Chọn cơ quan có thẩm quyền vào ngày đó."
    remedy_en = "Name the body that was competent on that day."


class UnitEnded(Invalid):
    """The unit has ended and nobody is known to have taken over what it decided."""

    vi = "Đơn vị {unit} đã kết thúc hoạt động ngày {valid_to}; chưa khai báo đơn vị kế thừa thủ tục {procedure}."
    en = "The unit {unit} ended on {valid_to}, and no successor is known for the procedure {procedure}."
    remedy_vi = "Bổ sung đơn vị kế thừa vào processes/organisation/succession.yaml rồi nạp lại."
    remedy_en = "Add its successor to processes/organisation/succession.yaml and publish again."


class SuccessionGoesInCircles(Invalid):
    """Units succeed each other in a circle."""

    vi = "Khai báo kế thừa của đơn vị {unit} bị lặp vòng (thủ tục {procedure})."
    en = "The succession of the unit {unit} goes round in a circle (procedure {procedure})."
    remedy_vi = "Sửa processes/organisation/succession.yaml."
    remedy_en = "Correct processes/organisation/succession.yaml."


class NoIdentifier(NotFound):
    """The unit has no electronic identifier on that day, so no dossier number can be given out."""

    vi = "Đơn vị {unit} chưa có mã định danh vào ngày {on} nên không cấp được mã số hồ sơ."
    en = "The unit {unit} has no identifier on {on}, so no dossier number can be allotted."
    remedy_vi = "Bổ sung vào processes/organisation/identifiers.yaml rồi nạp lại."
    remedy_en = "Add it to processes/organisation/identifiers.yaml and publish again."


class SettingMissing(NotFound):
    """Something that must be published before work can begin has never been."""

    vi = "Chưa ban hành dữ liệu “{name}”."
    en = "“{name}” has never been published."
    remedy_vi = "Chạy “motcua publish” để nạp thư mục processes/."
    remedy_en = "Run “motcua publish” to publish the folder processes/."


class UnknownState(NotFound):
    """A dossier's state that has no national status."""

    vi = "Trạng thái “{state}” chưa được ánh xạ sang mã trạng thái quốc gia."
    en = "The state “{state}” is mapped to no national status."
    remedy_vi = "Bổ sung vào processes/organisation/national_status.yaml."
    remedy_en = "Add it to processes/organisation/national_status.yaml."


class NotAdministrator(Forbidden):
    """Only an administrator changes people and rights."""

    vi = "Chỉ quản trị hệ thống được thực hiện việc này."
    en = "Only an administrator may do this."


class UnknownPerson(NotFound):
    """Nobody has this user name."""

    vi = "Không có tài khoản nào mang tên đăng nhập “{username}”."
    en = "Nobody has the user name “{username}”."
    remedy_vi = "Kiểm tra lại tên đăng nhập."
    remedy_en = "Check the user name."


class LastAdministrator(Conflict):
    """Without this account nobody could look after people and roles."""

    vi = "“{person}” là quản trị hệ thống duy nhất còn hoạt động: không thể khóa tài khoản hay thu hồi vai trò này."
    en = "“{person}” is the only administrator left: neither the account nor this role can be ended."
    remedy_vi = "Giao vai trò quản trị hệ thống cho người khác trước, rồi làm lại."
    remedy_en = "Make somebody else an administrator first, then try again."


class UsernameTaken(Conflict):
    """Another person has this user name."""

    vi = "Tên đăng nhập “{username}” đã có người dùng."
    en = "The user name “{username}” is taken."
    remedy_vi = "Chọn tên đăng nhập khác; tài khoản không bao giờ bị xóa để dùng lại tên."
    remedy_en = "Choose another one; accounts are never deleted, so names are never free again."


class UsernameInvalid(Invalid):
    """A user name of other characters than are allowed."""

    vi = "Tên đăng nhập “{username}” không hợp lệ."
    en = "“{username}” cannot be a user name."
    remedy_vi = "Dùng 3 đến 60 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch dưới, gạch nối."
    remedy_en = "Use 3 to 60 characters: lower-case letters without accents, digits, dot, underscore, hyphen."


class PasswordTooShort(Invalid):
    """A password that is guessed too easily."""

    vi = "Mật khẩu phải có ít nhất {least} ký tự."
    en = "A password needs at least {least} characters."


class PasswordTooLong(Invalid):
    """A password longer than anybody types."""

    vi = "Mật khẩu không được quá {most} ký tự."
    en = "A password may not be longer than {most} characters."


class WrongPassword(Forbidden):
    """The present password, asked for before it is changed, is not the right one."""

    vi = "Mật khẩu hiện tại không đúng."
    en = "The present password is not right."


class PasswordsDiffer(Invalid):
    """The new password was typed in two ways."""

    vi = "Hai lần nhập mật khẩu mới không giống nhau."
    en = "The new password was not typed the same twice."


class RoleAlreadyHeld(Conflict):
    """The person holds the role there already."""

    vi = "{person} đã giữ vai trò {role} tại {unit} trong thời gian này."
    en = "{person} holds the role {role} in {unit} in that time already."


class RoleNotHeld(Conflict):
    """There is no such role of the person to end."""

    vi = "{person} không giữ vai trò {role} tại {unit}."
    en = "{person} does not hold the role {role} in {unit}."


class PeriodReversed(Invalid):
    """The last day lies before the first."""

    vi = "Ngày kết thúc {last} trước ngày bắt đầu {first}."
    en = "The last day {last} lies before the first day {first}."


class WrongCredentials(Unauthenticated):
    """User name or password is wrong, or the account is switched off: which of them is not said."""

    vi = "Tên đăng nhập hoặc mật khẩu không đúng."
    en = "The user name or the password is not right."
    remedy_vi = "Hãy thử lại; nếu quên mật khẩu, đề nghị quản trị hệ thống đặt lại."
    remedy_en = "Try again; an administrator can reset a forgotten password."


class TooManyAttempts(TooOften):
    """Too many wrong passwords for one user name in a short time."""

    vi = "Đăng nhập sai quá nhiều lần. Tài khoản tạm khóa, hãy thử lại sau {minutes} phút."
    en = "Too many wrong passwords. The account is locked for now; try again in {minutes} minutes."
    remedy_vi = "Nếu không phải bạn đã thử, hãy báo quản trị hệ thống."
    remedy_en = "If it was not you who tried, tell an administrator."


class TooManyAttemptsFromNetwork(TooOften):
    """Too many wrong passwords from one network in a short time, for whatever names."""

    vi = "Có quá nhiều lần đăng nhập sai từ mạng bạn đang dùng. Hãy thử lại sau {minutes} phút."
    en = "Too many wrong passwords came from the network you are using. Try again in {minutes} minutes."
    remedy_vi = "Tài khoản của bạn không bị khóa. Nếu cần vào ngay, hãy dùng mạng khác và báo quản trị hệ thống."
    remedy_en = "Your account is not locked. If it is urgent, use another network, and tell an administrator."


class TokenInvalid(Unauthenticated):
    """The bearer token is unknown, expired or revoked."""

    vi = "Mã truy cập không hợp lệ, đã hết hạn hoặc đã bị thu hồi."
    en = "The token is unknown, expired or revoked."
    remedy_vi = "Tạo mã truy cập mới."
    remedy_en = "Create a new token."


class TokenLifetime(Invalid):
    """A token must expire, and not in the past."""

    vi = "Thời hạn của mã truy cập phải từ 1 đến {most} ngày."
    en = "A token lives from 1 to {most} days."


class FileInvalid(WorktimeFileInvalid):
    """An entry of a file in processes/organisation/ cannot be used; nothing of that file is taken."""

    vi = "Tệp {file}, dòng {line}: {problem_vi}"
    en = "{file}, line {line}: {problem_en}"
