/** Small manners of server-rendered forms that HTML alone does not have. */

/** A second click on a button that already sent its form does nothing. */
function sendOnce(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.hasAttribute("data-repeatable")) return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 8000) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = String(Date.now());
}

/** Shows an element marked `data-shown-when="name=value,value"` only while the form's field has such a value. */
function followChoices(form: HTMLFormElement): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-shown-when]")) {
    const [name, values] = part.dataset.shownWhen!.split("=");
    const chosen = new FormData(form).getAll(name).map(String);
    const shown = values.split(",").some((value) => chosen.includes(value));
    part.hidden = !shown;
    for (const field of part.querySelectorAll<HTMLInputElement>("input, select, textarea")) field.disabled = !shown;
  }
}

/** Fields marked `data-submits` send their form as soon as they change (filters). */
function submitOnChange(event: Event): void {
  const field = event.target as HTMLElement;
  if (field.hasAttribute("data-submits")) field.closest("form")?.requestSubmit();
}

function followAll(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form")) followChoices(form);
}

/** The cursor stands in the first field that was refused, else in the one that the page marks `data-focus`. */
function focusWhereToType(): void {
  (document.querySelector<HTMLElement>("[aria-invalid='true']") ?? document.querySelector<HTMLElement>("[data-focus]"))?.focus();
}

export function startForms(): void {
  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", (event) => {
    const form = (event.target as HTMLElement).closest("form");
    if (form) followChoices(form);
    submitOnChange(event);
  });
  document.addEventListener("htmx:afterSettle", () => followAll(document));
  document.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-print]")) window.print();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // Back to a page that the browser had put aside: it may be about what is done.
  });
  followAll(document);
  focusWhereToType();
}
