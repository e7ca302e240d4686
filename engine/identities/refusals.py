"""What can be wrong with a name, a number or an amount; some are raised, some only handed back as warnings."""

from __future__ import annotations

from engine.refusals import Invalid


class NameEmpty(Invalid):
    """A name without a single letter."""

    vi = "Họ tên không được để trống."
    en = "The name is empty."
    remedy_vi = "Nhập họ và tên đúng như trên giấy tờ."
    remedy_en = "Enter the name as it stands on the paper."


class IdentityNumberInvalid(Invalid):
    """A number that is no citizen number, old identity card or passport."""

    vi = "“{number}” không phải số căn cước (12 số), số CMND (9 số) hoặc số hộ chiếu."
    en = '"{number}" is neither a citizen number (12 digits), an old identity card (9 digits) nor a passport number.'
    remedy_vi = "Đối chiếu với giấy tờ và nhập lại, không nhập dấu cách hay dấu chấm."
    remedy_en = "Compare it with the paper and enter it again, without spaces or dots."


class CitizenNumberImpossible(Invalid):
    """Twelve digits whose fourth says a century that has not begun."""

    vi = "Số căn cước “{number}” không thể có: chữ số thứ tư phải là 0, 1, 2 hoặc 3."
    en = 'The citizen number "{number}" cannot exist: its fourth digit must be 0, 1, 2 or 3.'
    remedy_vi = "Đối chiếu từng chữ số với thẻ."
    remedy_en = "Compare it with the card digit by digit."


class ProvinceUnknown(Invalid):
    """Warning: the first three digits name no province (persons born abroad have a country's code there)."""

    vi = "Ba số đầu “{province}” không phải mã tỉnh nơi đăng ký khai sinh (có thể là mã nước)."
    en = 'The first three digits, "{province}", are no province of birth registration (they may name a country).'
    remedy_vi = "Kiểm tra lại số; nếu đúng như trên thẻ thì tiếp tục."
    remedy_en = "Check the number; go on if the card says so."


class BirthYearDiffers(Invalid):
    """Warning: the year in the citizen number is not that of the birth date given."""

    vi = "Số căn cước ghi năm sinh {in_number}, ngày sinh đã nhập là năm {given}."
    en = "The citizen number says born in {in_number}; the birth date given says {given}."
    remedy_vi = "Đối chiếu số căn cước và ngày sinh với thẻ; nếu đúng như trên thẻ thì tiếp tục."
    remedy_en = "Compare both with the card; go on if the card says so."


class SexDiffers(Invalid):
    """Warning: the sex in the citizen number is not the one given; it may lawfully have changed."""

    vi = "Số căn cước ghi giới tính {in_number}, giới tính đã nhập là {given}."
    en = "The citizen number says {in_number}; the sex given is {given}."
    remedy_vi = "Đối chiếu với thẻ; nếu đúng như trên thẻ thì tiếp tục."
    remedy_en = "Compare with the card; go on if the card says so."


class TaxNumberInvalid(Invalid):
    """A number that is no tax number: wrong length or wrong check digit."""

    vi = "Mã số thuế “{number}” không hợp lệ."
    en = 'The tax number "{number}" is not valid.'
    remedy_vi = "Nhập 10 số (doanh nghiệp), 10 số và 3 số chi nhánh cách bằng dấu “-”, hoặc 12 số căn cước (cá nhân)."
    remedy_en = (
        "Enter 10 digits, 10 digits, a hyphen and 3 digits of the branch, or a person's 12-digit citizen number."
    )


class PhoneInvalid(Invalid):
    """A number that is no Vietnamese mobile or landline number."""

    vi = "Số điện thoại “{number}” không hợp lệ."
    en = 'The phone number "{number}" is not valid.'
    remedy_vi = "Nhập 10 số di động (03, 05, 07, 08, 09…) hoặc 11 số cố định (02…); có thể bắt đầu bằng +84."
    remedy_en = (
        "Enter a mobile number of 10 digits (03, 05, 07, 08, 09…) or a landline of 11 (02…); +84 may replace the 0."
    )


class PostalItemEmpty(Invalid):
    """A postal item number without a character."""

    vi = "Số hiệu bưu gửi không được để trống."
    en = "The postal item number is empty."
    remedy_vi = "Quét hoặc nhập số hiệu in trên bưu gửi."
    remedy_en = "Scan or enter the number printed on the item."


class PostalItemUnusual(Invalid):
    """Warning: a number outside the international S10 standard, as domestic items may carry."""

    vi = "“{number}” không theo chuẩn S10 (2 chữ cái, 9 số, 2 chữ cái)."
    en = '"{number}" does not follow S10 (2 letters, 9 digits, 2 letters).'
    remedy_vi = "Kiểm tra lại; bưu gửi trong nước có thể dùng mã khác."
    remedy_en = "Check it; domestic items may carry another code."


class PostalItemCheckDigitWrong(Invalid):
    """Warning: an S10 number whose check digit does not fit, most likely a typing error."""

    vi = "Số kiểm tra của “{number}” không khớp (tính ra {expected})."
    en = 'The check digit of "{number}" does not fit (it should be {expected}).'
    remedy_vi = "Rất có thể nhập sai một chữ số: quét lại mã vạch hoặc đối chiếu với bưu gửi."
    remedy_en = "Most likely one digit is wrong: scan the bar code again or compare with the item."


class DossierNumberInvalid(Invalid):
    """A text that is no dossier number."""

    vi = "“{number}” không phải mã số hồ sơ."
    en = '"{number}" is not a dossier number.'
    remedy_vi = "Mã số hồ sơ có dạng H37.15-220322-0001 hoặc 000.00.15.H37-220322-0001."
    remedy_en = "A dossier number looks like H37.15-220322-0001 or 000.00.15.H37-220322-0001."


class SerialExhausted(Invalid):
    """A serial that no longer fits the dossier number, or is not above 0."""

    vi = "Số thứ tự {serial} không thể dùng trong mã số hồ sơ."
    en = "The serial {serial} cannot be used in a dossier number."
    remedy_vi = "Số thứ tự phải từ 1 đến 999999 trong một ngày."
    remedy_en = "A serial lies between 1 and 999999 within a day."


class AmountInvalid(Invalid):
    """Something that is no whole amount of đồng."""

    vi = "“{amount}” không phải số tiền hợp lệ."
    en = '"{amount}" is not a valid amount of money.'
    remedy_vi = "Nhập số tiền nguyên bằng đồng, ví dụ 1.500.000."
    remedy_en = "Enter whole đồng, for example 1.500.000."
