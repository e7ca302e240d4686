/** The form of a task: form-js draws it, the server checks it again and its complaints are shown at the fields. */
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "./styles/form.css";

import { createForm, type Form } from "@bpmn-io/form-js-viewer";
import { speakLikeThePage, translateFixedWords, translations } from "./form/language.ts";
import { errorsByField, type ServerErrors } from "./form/errors.ts";

/** What the page hands over in `<script type="application/json">` inside the island. */
interface Handed {
  schema: Parameters<Form["importSchema"]>[0];
  data: Record<string, unknown>;
  errors: ServerErrors;
}

/** form-js waits 300 ms before it keeps what is typed; another field's answer within that time would empty the field. */
const AT_ONCE = { debounce: false };

function handed(island: HTMLElement): Handed {
  return JSON.parse(island.querySelector("script[type='application/json']")!.textContent!) as Handed;
}

/** The answers of a draft that the page has filled in again, which were typed after those that the server knows. */
function restored(island: HTMLElement): Record<string, unknown> {
  const answers = island.querySelector<HTMLInputElement>("input[data-answers='restored']");
  return answers ? (JSON.parse(answers.value) as Record<string, unknown>) : {};
}

const WRONG_IN_FORM = ".fjs-has-errors :is(input, textarea, select)";

/** The cursor stands in the first wrong field below `root`, once form-js has drawn its complaints. */
function focusFirstError(root: HTMLElement, wrong: string): void {
  requestAnimationFrame(() => root.querySelector<HTMLElement>(wrong)?.focus());
}

/** Whether the page itself has a field that must be filled in and is empty. */
function moreIsMissing(page: HTMLFormElement): boolean {
  const fields = [...page.querySelectorAll<HTMLInputElement>("[aria-required='true']:enabled")];
  return fields.some((field) => !field.closest("[data-form]") && field.checkVisibility() && field.value.trim() === "");
}

/** The cursor stands in the form's first field at once, unless it is somewhere already. */
function focusFirstField(island: HTMLElement): void {
  if (document.activeElement !== document.body) return;
  const first = island.querySelector<HTMLInputElement>("[data-form-here] :is(input, textarea, select):enabled");
  const chosen = first?.closest(".fjs-form-field")?.querySelector<HTMLInputElement>("input[type='radio']:checked");
  (chosen ?? first)?.focus({ preventScroll: true });
}

/** At the counter somebody waits: typing begins at once, and Enter in a field confirms as it does in a form without form-js. */
function beQuick(island: HTMLElement, page: HTMLFormElement): void {
  requestAnimationFrame(() => focusFirstField(island));
  island.addEventListener("keydown", (event) => {
    const field = event.target as HTMLElement;
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || !field.matches("input:not(.flatpickr-input)")) return;
    event.preventDefault();
    page.requestSubmit();
  });
}

/**
 * Puts the checked answers into the hidden field that the page's own form sends; stops it while something is wrong.
 * Where the page has empty fields of its own too, the server answers: it tells of everything at once.
 */
function sendAnswers(form: Form, island: HTMLElement, page: HTMLFormElement, event: Event): void {
  const { data, errors } = form.submit();
  const answers = island.querySelector<HTMLInputElement>("input[data-answers]")!;
  answers.value = JSON.stringify(data);
  if (Object.keys(errors).length > 0 && !moreIsMissing(page)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    focusFirstError(island, WRONG_IN_FORM);
  }
}

/** Keeps the hidden field true while somebody types, so that a preview sees what is on the screen. */
function tellPage(form: Form, island: HTMLElement): void {
  const submitted = (form as unknown as { _getSubmitData(): unknown })._getSubmitData();
  island.querySelector<HTMLInputElement>("input[data-answers]")!.value = JSON.stringify(submitted);
  island.dispatchEvent(new CustomEvent("answers-changed", { bubbles: true }));
}

async function start(island: HTMLElement): Promise<void> {
  const { schema, data, errors } = handed(island);
  const container = island.querySelector<HTMLElement>("[data-form-here]")!;
  const answered = { ...data, ...restored(island) };
  const form = await createForm({ container, schema, data: answered, ...AT_ONCE, additionalModules: [translations()] } as never);
  translateFixedWords(container);
  const page = island.closest("form")!;
  const shown = errorsByField(form, errors);
  if (Object.keys(shown).length > 0) {
    form._setState({ errors: shown });
    focusFirstError(page, `[aria-invalid='true'], ${WRONG_IN_FORM}`);
  }
  page.addEventListener("submit", (event) => event.target === page && sendAnswers(form, island, page, event));
  if (island.hasAttribute("data-counter-step")) beQuick(island, page);
  form.on("changed", () => tellPage(form, island));
  tellPage(form, island);
  island.dataset.ready = "yes";
}

function startAll(root: ParentNode): void {
  for (const island of root.querySelectorAll<HTMLElement>("[data-form]:not([data-started])")) {
    island.dataset.started = "yes";
    void start(island);
  }
}

speakLikeThePage();
startAll(document);
document.addEventListener("htmx:afterSettle", () => startAll(document));
