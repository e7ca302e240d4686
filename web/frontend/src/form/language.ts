/** form-js in the language of the page. */
import flatpickr from "flatpickr";
// @ts-expect-error: the translation comes without types
import { Vietnamese } from "flatpickr/dist/esm/l10n/vn.js";

const vietnamese: Record<string, string> = {
  "Add new": "Thêm dòng",
  "All values selected": "Đã chọn tất cả",
  "Click to remove sorting": "Nhấn để bỏ sắp xếp",
  "Click to sort by {value} ascending": "Nhấn để sắp xếp tăng dần theo {value}",
  "Click to sort by {value} descending": "Nhấn để sắp xếp giảm dần theo {value}",
  Collapse: "Thu gọn",
  "Date and time must both be entered.": "Phải nhập cả ngày và giờ.",
  Decrement: "Giảm",
  "Document reference is not defined.": "Chưa khai báo tài liệu.",
  "Download {fileName}": "Tải {fileName}",
  "Expand all ({value})": "Mở tất cả ({value})",
  "External content couldn't be loaded.": "Không tải được nội dung bên ngoài.",
  "Field is required.": "Thông tin bắt buộc.",
  "Field must be a valid email.": "Địa chỉ thư điện tử không hợp lệ.",
  "Field must be a valid international phone number. (e.g. +4930664040900)": "Số điện thoại không hợp lệ (ví dụ +84912345678).",
  "Field must have maximum length of {value}.": "Dài tối đa {value} ký tự.",
  "Field must have maximum value of {value}.": "Không được lớn hơn {value}.",
  "Field must have minimum length of {value}.": "Phải có ít nhất {value} ký tự.",
  "Field must have minimum value of {value}.": "Phải từ {value} trở lên.",
  "Field must match pattern {value}.": "Không đúng định dạng.",
  Increment: "Tăng",
  "Max validation value is not a valid number.": "Giới hạn trên không phải là số.",
  "Min validation value is not a valid number.": "Giới hạn dưới không phải là số.",
  "Next page": "Trang sau",
  "No content to show.": "Không có nội dung.",
  "No files selected": "Chưa chọn tệp",
  "No results": "Không có kết quả",
  "Nothing to show.": "Không có gì để hiển thị.",
  "Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.":
    "Giá trị hợp lệ gần nhất là {previousValue} và {nextValue}.",
  "Previous page": "Trang trước",
  "Remove tag": "Bỏ mục này",
  Search: "Tìm",
  "Skip to search": "Đến ô tìm",
  "Unable to download document": "Không tải được tài liệu",
  "Value is expected to be an integer.": "Phải là số nguyên.",
  "Value is expected to have at most 1 decimal digit.": "Tối đa 1 chữ số thập phân.",
  "Value is expected to have at most {value} decimal digits.": "Tối đa {value} chữ số thập phân.",
  "Value is not a number.": "Không phải là số.",
  "{page} of {total}": "{page} / {total}",
  "{value} files selected": "Đã chọn {value} tệp",
};

function filled(text: string, replacements: Record<string, unknown> = {}): string {
  return text.replace(/\{([^}]+)\}/g, (_, name: string) => String(replacements[name] ?? `{${name}}`));
}

/** The form-js module that replaces its English sentences by the page's language. */
export function translations(): object {
  const words = document.documentElement.lang === "vi" ? vietnamese : {};
  const translate = (text: string, replacements?: Record<string, unknown>) => filled(words[text] ?? text, replacements);
  return { translate: ["value", translate] };
}

/** Words that form-js does not pass through its translation. */
const fixed: Record<string, string> = { Search: "Tìm", Select: "Chọn", Browse: "Chọn tệp", "dd/mm/yyyy": "ngày/tháng/năm" };

/** Puts the fixed words of the form's fields into the page's language, now and whenever fields come and go. */
export function translateFixedWords(container: HTMLElement): void {
  if (document.documentElement.lang !== "vi") return;
  const translate = () => {
    for (const input of container.querySelectorAll<HTMLInputElement>("input[placeholder]")) {
      input.placeholder = fixed[input.placeholder] ?? input.placeholder;
    }
    for (const part of container.querySelectorAll<HTMLElement>(".fjs-select-placeholder, .fjs-button")) {
      const word = part.textContent?.trim() ?? "";
      if (fixed[word]) part.textContent = fixed[word];
    }
    for (const remover of container.querySelectorAll("[aria-label^='Remove list item ']")) {
      remover.setAttribute("aria-label", remover.getAttribute("aria-label")!.replace("Remove list item", "Bỏ dòng"));
    }
  };
  translate();
  new MutationObserver(translate).observe(container, { childList: true, subtree: true });
}

/** Dates are written day first whatever the browser's own language: form-js asks the browser's default format. */
export function speakLikeThePage(): void {
  const Native = Intl.DateTimeFormat;
  const office = function (locale?: Intl.LocalesArgument, options?: Intl.DateTimeFormatOptions) {
    return new Native(locale === undefined || locale === "default" ? "en-GB" : locale, options);
  };
  Intl.DateTimeFormat = Object.assign(office, Native, { prototype: Native.prototype, supportedLocalesOf: Native.supportedLocalesOf }) as never;
  if (document.documentElement.lang === "vi") flatpickr.localize(Vietnamese);
}
