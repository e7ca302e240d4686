/** Names the files that were chosen, and says before anything is sent what the server would refuse for its size. */
const MEGABYTE = 1_000_000;
/** What the other fields of a form need of the size that one sending may have. */
const OTHER_FIELDS = 100_000;

function megabytes(bytes: number): string {
  const digits = { maximumFractionDigits: 1, minimumFractionDigits: 1 };
  return (Math.ceil(bytes / (MEGABYTE / 10)) / 10).toLocaleString(document.documentElement.lang, digits);
}

function chosenIn(root: ParentNode): File[] {
  return [...root.querySelectorAll<HTMLInputElement>("[data-file-choice] input")].flatMap((input) =>
    input.disabled ? [] : [...input.files!],
  );
}

/** The files' names beside the button; the complaint at the choice where one of them is too large. */
function showChoice(choice: HTMLElement): boolean {
  const files = chosenIn(choice);
  const shown = choice.querySelector<HTMLElement>("[data-file-chosen]")!;
  shown.textContent = files.map((file) => `${file.name} (${megabytes(file.size)} MB)`).join(", ") || shown.dataset.none!;
  const large = files.find((file) => file.size > Number(choice.dataset.limit));
  const error = choice.querySelector<HTMLElement>("[data-file-error]")!;
  error.hidden = !large;
  choice.querySelector("input")!.setAttribute("aria-invalid", String(Boolean(large)));
  if (large) {
    const words = choice.dataset.tooLarge!.replace("{name}", large.name).replace("{size}", megabytes(large.size));
    error.querySelector("span")!.textContent = words;
  }
  return !large;
}

function showTogether(form: HTMLFormElement): boolean {
  const notice = form.querySelector<HTMLElement>("[data-files-together]");
  if (!notice) return true;
  const size = chosenIn(form).reduce((sum, file) => sum + file.size, 0);
  const fits = size + OTHER_FIELDS <= Number(notice.dataset.limit);
  notice.hidden = fits;
  const text = notice.querySelector<HTMLElement>("p")!;
  text.textContent = fits ? "" : text.dataset.text!.replace("{size}", megabytes(size));
  return fits;
}

/** Stops the sending of what is too large, and leads to the place that says so. */
function refuseTooLarge(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const wrong = [...form.querySelectorAll<HTMLElement>("[data-file-choice]")].find((choice) => !showChoice(choice));
  const fits = showTogether(form);
  if (!wrong && fits) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  (wrong?.querySelector("input") ?? form.querySelector<HTMLElement>("[data-files-together]"))?.focus();
}

export function startFiles(): void {
  document.addEventListener("change", (event) => {
    const choice = (event.target as HTMLElement).closest<HTMLElement>("[data-file-choice]");
    if (!choice) return;
    showChoice(choice);
    const form = choice.closest("form");
    if (form) showTogether(form);
  });
  document.addEventListener("submit", refuseTooLarge);
}
