"""Why the engine will not do something to a dossier."""

from __future__ import annotations

from engine.refusals import Conflict, Forbidden, Invalid, NotFound


class UnknownDossier(NotFound):
    """No such dossier, or not one that this person may know of."""

    vi = "Không tìm thấy hồ sơ {reference}."
    en = "There is no dossier {reference}."
    remedy_vi = "Hãy kiểm tra lại mã số hồ sơ; hồ sơ của cơ quan khác không hiển thị ở đây."
    remedy_en = "Check the number; dossiers of other agencies are not shown here."


class UnknownFile(NotFound):
    """No such file, or not one that this person may open."""

    vi = "Không tìm thấy tệp này."
    en = "There is no such file."
    remedy_vi = "Hãy mở tệp từ trang hồ sơ; bản dự thảo của cơ quan khác không hiển thị ở đây."
    remedy_en = "Open it from the dossier's page; drafts of an agency are not shown outside it."


class UnknownTask(NotFound):
    """No such task, or not one that this person may know of."""

    vi = "Không tìm thấy công việc này."
    en = "There is no such task."
    remedy_vi = "Hãy quay lại danh sách công việc."
    remedy_en = "Go back to the work list."


class NotYourTask(Forbidden):
    """The person sees the dossier but does not hold the task's role in the task's unit."""

    vi = "Công việc “{task}” thuộc về {role} của {unit}."
    en = "The task “{task}” belongs to the {role} of {unit}."
    remedy_vi = "Hãy đề nghị người giữ vai trò đó thực hiện."
    remedy_en = "Ask somebody who holds that role to do it."


class NotReassignable(Forbidden):
    """Only the unit's division head or leader moves a task from one officer to another."""

    vi = "Chỉ lãnh đạo phòng hoặc lãnh đạo {unit} được chuyển công việc cho người khác."
    en = "Only a division head or a leader of {unit} may re-assign a task."


class NotWithdrawnHere(Forbidden):
    """The wish to withdraw is written down at the counter or by the centre's manager, not by the agency."""

    vi = "Yêu cầu rút hồ sơ do {counter} hoặc quản lý trung tâm ghi nhận."
    en = "A wish to withdraw is written down at {counter} or by the centre's manager."
    remedy_vi = "Hãy hướng dẫn người nộp liên hệ nơi đã nộp hồ sơ."
    remedy_en = "Send the applicant to the place where the dossier was handed in."


class CannotHold(Invalid):
    """The person to whom a task is to be given does not hold its role."""

    vi = "{person} không giữ vai trò {role} tại {unit}."
    en = "{person} does not hold the role {role} in {unit}."


class NotOfThisUnit(CannotHold):
    """The person chosen is not of the unit, or nobody: no name is told, so that none can be found out by numbers."""

    vi = "Người được chọn không giữ vai trò {role} tại {unit}."
    en = "The person chosen does not hold the role {role} in {unit}."


class TaskAlreadyDone(Conflict):
    """Somebody else completed the task first."""

    vi = "Công việc “{task}” đã được {by} hoàn thành lúc {at}."
    en = "The task “{task}” was completed by {by} at {at}."
    remedy_vi = "Không có gì bị thay đổi; hãy mở lại hồ sơ để xem bước hiện tại."
    remedy_en = "Nothing was changed; open the dossier to see where it stands."


class TaskCancelled(Conflict):
    """The workflow went another way while the person was working."""

    vi = "Công việc “{task}” không còn nữa vì hồ sơ đã chuyển sang hướng khác."
    en = "The task “{task}” no longer exists because the dossier went another way."
    remedy_vi = "Hãy mở lại hồ sơ để xem bước hiện tại."
    remedy_en = "Open the dossier to see where it stands."


class TaskClaimed(Conflict):
    """Somebody else has taken the task."""

    vi = "Công việc “{task}” đã được {by} nhận lúc {at}."
    en = "The task “{task}” was taken by {by} at {at}."
    remedy_vi = "Hãy liên hệ người đó hoặc đề nghị lãnh đạo phòng chuyển việc."
    remedy_en = "Talk to that person, or ask the division head to re-assign it."


class WrongReceptionTask(Invalid):
    """The receiving page must complete this task, because it carries more than a form."""

    vi = "Công việc “{task}” được thực hiện ở trang tiếp nhận hồ sơ."
    en = "The task “{task}” is completed on the receiving page."


class NotAReceivingTask(Invalid):
    """The receiving page was asked to complete a task of another kind."""

    vi = "Công việc “{task}” không phải việc tiếp nhận hồ sơ."
    en = "The task “{task}” does not receive a dossier."
    remedy_vi = "Hãy mở công việc từ danh sách việc cần làm."
    remedy_en = "Open the task from the work list."


class UnexpectedAnswers(Invalid):
    """Answers came for a task that has no form."""

    vi = "Công việc “{task}” không có biểu mẫu nên không nhận dữ liệu."
    en = "The task “{task}” has no form, so it takes no answers."


class ReceptionRefused(Invalid):
    """What the clerk entered cannot be accepted; `fields` says where."""

    vi = "Chưa tiếp nhận được: còn {count} mục cần sửa."
    en = "Not received: {count} entries need mending."


class MissingComponent(Invalid):
    """A paper of the published list has not been handed in."""

    vi = "Thiếu “{name}”."
    en = "“{name}” is missing."
    remedy_vi = "Đánh dấu giấy tờ đã nộp, hoặc chọn “Yêu cầu hoàn thiện”."
    remedy_en = "Tick the paper, or choose to ask for completion."


class ComponentTwice(Invalid):
    """One paper stands twice in the list of what was handed in."""

    vi = "Giấy tờ “{code}” được ghi hai lần; hãy ghi một lần với tổng số bản."
    en = "The paper “{code}” is entered twice; enter it once with all its copies."


class BornInTheFuture(Invalid):
    """A date of birth after today."""

    vi = "Ngày sinh {day} ở sau ngày hôm nay."
    en = "The date of birth {day} lies after today."


class UnknownComponent(Invalid):
    """A paper that the published list does not name."""

    vi = "“{code}” không có trong thành phần hồ sơ của thủ tục."
    en = "“{code}” is not on the procedure's list of components."


class Required(Invalid):
    """A field that must be filled is empty."""

    vi = "Vui lòng nhập {field}."
    en = "Please enter {field}."


class WrongValue(Invalid):
    """A field holds something that cannot be."""

    vi = "{field} không hợp lệ: “{value}”."
    en = "{field} is not valid: “{value}”."


class NotAssignedToPost(Forbidden):
    """The counter does not receive for this agency (on this day)."""

    vi = "Quầy {counter} không được giao tiếp nhận hồ sơ của {unit}."
    en = "The counter {counter} does not receive for {unit}."
    remedy_vi = "Hướng dẫn người nộp đến quầy của cơ quan đó."
    remedy_en = "Send the applicant to that agency's own counter."


class NoCounter(Forbidden):
    """The person serves no counter as post clerk, or several and did not say which."""

    vi = "Bạn không được phân công tiếp nhận tại quầy này."
    en = "You are not assigned to receive at this counter."


class TooLateToWithdraw(Conflict):
    """The result has been signed (domain 2.3)."""

    vi = "Không thể rút hồ sơ: kết quả đã được ký lúc {at}."
    en = "The dossier cannot be withdrawn: the result was signed at {at}."


class AlreadyClosed(Conflict):
    """The dossier has come to its end."""

    vi = "Hồ sơ đã kết thúc ({state}), không thể thay đổi."
    en = "The dossier is closed ({state}) and cannot change."


class SupplementAlreadyAsked(Conflict):
    """Supplement after acceptance is allowed once (domain 2.3)."""

    vi = "Hồ sơ này đã được yêu cầu bổ sung một lần; không được yêu cầu lần nữa."
    en = "This dossier has been asked for a supplement once already; it may not be asked again."
    remedy_vi = (
        "Quyết định trên cơ sở giấy tờ hiện có, hoặc đề nghị lãnh đạo cơ quan cho phép yêu cầu thêm, có nêu lý do."
    )
    remedy_en = "Decide on the papers at hand, or have the agency's leader allow a further request for a stated reason."


class NotForLeaders(Forbidden):
    """Only the leader of the deciding agency allows what the law does not foresee."""

    vi = "Chỉ lãnh đạo {unit} được cho phép việc này."
    en = "Only a leader of {unit} may allow this."


class NotForManagers(Forbidden):
    """Only the centre's manager sends a dossier to another agency than the one that it was received for."""

    vi = "Chỉ quản lý trung tâm được chuyển hồ sơ đến cơ quan khác."
    en = "Only the centre's manager may pass a dossier to another agency."


class NotAtTheCounter(Conflict):
    """What is with an agency is the agency's to send back first, so that the control slip shows every hand-over."""

    vi = "Hồ sơ không còn ở quầy nên chưa chuyển được đến cơ quan khác."
    en = "The dossier is not at the counter, so it cannot be passed to another agency."
    remedy_vi = "Đề nghị cơ quan đang giữ trả hồ sơ về quầy khi nhận bàn giao, có nêu lý do."
    remedy_en = "Have the agency send it back at take-over, with its reason."


class NothingToApologiseFor(Conflict):
    """No due date runs that could be missed: there is none, the clock stands still, or the result was issued."""

    vi = "Hồ sơ không có hạn trả đang tính nên không cần xin lỗi: thời hạn đang tạm dừng hoặc kết quả đã phát hành."
    en = "There is nothing to apologise for: no due date runs, the clock stands still, or the result was issued."


class AlreadyPromised(Conflict):
    """A new date is promised once (domain 2.3)."""

    vi = "Hồ sơ đã được hẹn lại đến {at}; chỉ được hẹn lại một lần."
    en = "A new date, {at}, was promised already; that is done once."


class NoFurtherRequestNeeded(Conflict):
    """A permission to ask for papers once more would change nothing."""

    vi = "Không cần cho phép: hồ sơ vẫn còn lượt yêu cầu bổ sung, hoặc kết quả đã được ký."
    en = "No permission is needed: papers may still be asked for, or the result has been signed."


class NoOpinionOwed(Conflict):
    """Only an agency whose silence was written down has something to say after the limit, once."""

    vi = "Cơ quan của bạn không còn nợ ý kiến về hồ sơ này: hạn trả lời chưa hết, hoặc ý kiến đã được gửi."
    en = "Your agency owes no opinion on this dossier: its limit still runs, or it has answered already."
    remedy_vi = "Nếu chưa hết hạn, hãy trả lời ở công việc cho ý kiến; giấy tờ khác thì thêm tệp vào hồ sơ."
    remedy_en = "While the limit runs, answer in the task; anything else is added to the dossier as a file."


class FileRefused(Invalid):
    """An uploaded file that is empty, too large, or of a kind that is not taken."""

    vi = "Không nhận tệp “{name}”: {reason_vi}."
    en = "The file “{name}” was not taken: {reason_en}."
    remedy_vi = "Chấp nhận tệp PDF, JPEG, PNG đến {limit} MB."
    remedy_en = "PDF, JPEG and PNG up to {limit} MB are taken."


class NotYetReceived(Conflict):
    """The paper asked for exists only after acceptance."""

    vi = "Hồ sơ chưa được tiếp nhận nên chưa có giấy tờ này."
    en = "The dossier has not been received yet, so there is no such paper."


class ReceiptNumberUsed(Conflict):
    """Each receipt for money has a number of its own."""

    vi = "Số biên lai {number} đã được dùng cho một lần thu khác."
    en = "The receipt number {number} was used for another payment."
    remedy_vi = "Hãy kiểm tra lại số trên biên lai, hoặc để trống để hệ thống cấp số."
    remedy_en = "Check the number on the receipt, or leave it empty to have one allotted."


class MessageNeverAwaited(Invalid):
    """Nothing in the dossier's diagram can ever wait for such a message."""

    vi = "Quy trình của hồ sơ này không bao giờ chờ thông điệp “{message}”."
    en = "Nothing in this dossier's procedure ever waits for the message “{message}”."
    remedy_vi = "Hãy kiểm tra tên thông điệp và mã số hồ sơ."
    remedy_en = "Check the name of the message and the dossier's number."


class NotForMessages(Forbidden):
    """Only accounts with the role of an administrator deliver messages from outside."""

    vi = "Chỉ tài khoản có vai trò quản trị hệ thống được chuyển thông điệp tới hồ sơ."
    en = "Only accounts with the role of an administrator deliver messages to dossiers."


class UnknownAddressee(Invalid):
    """The message names an element that the dossier's diagram does not have, or that never waits for it."""

    vi = "Quy trình của hồ sơ này không có bước “{element}” chờ thông điệp “{message}”."
    en = "This dossier's procedure has no element “{element}” that waits for the message “{message}”."


class MessageKeyReused(Conflict):
    """The key names a message that came before with other content."""

    vi = "Khóa “{key}” đã được dùng cho một thông điệp khác của hồ sơ này."
    en = "The key “{key}” belongs to another message of this dossier."
    remedy_vi = "Dùng một khóa mới cho mỗi thông điệp."
    remedy_en = "Use a new key for every message."


class TooManyKeptMessages(Conflict):
    """A sender goes on sending what nothing waits for."""

    vi = "Hồ sơ đang giữ {most} thông điệp chưa có bước nào chờ; không nhận thêm."
    en = "{most} messages are kept for this dossier already; no more are taken."


class NotForIncidents(Forbidden):
    """Only an administrator or the centre's manager settles incidents."""

    vi = "Chỉ quản trị hệ thống hoặc quản lý trung tâm được thực hiện việc này."
    en = "Only an administrator or the centre's manager may do this."


class UnknownIncident(NotFound):
    """No such incident."""

    vi = "Không tìm thấy sự cố này."
    en = "There is no such incident."


class IncidentSettled(Conflict):
    """The incident has been settled already."""

    vi = "Sự cố đã được xử lý lúc {at}."
    en = "The incident was settled at {at}."
