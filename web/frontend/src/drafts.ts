/**
 * What is typed into a form with `data-draft` outlives an ended session: kept in this tab's session storage, filled in
 * again on the form's page, forgotten once the server has kept it.
 *
 * A draft belongs to a person and to what was begun by one log-in: its owner's mark (`meta[name=draft-owner]`) changes
 * with every log-out, and drafts under another mark are thrown away unread. Numbers of identity papers are never kept,
 * and files cannot be.
 */
interface Draft {
  entries: [string, string][];
  at: number;
  /** Whether it was sent; sent and still here means that the server did not keep it. */
  sent: boolean;
}

const PREFIX = "draft:";
const LOG_OUTS = "log-outs";
const LONGEST_MS = 12 * 3600 * 1000;
const NEVER_KEPT = /identity_number|identity$/;
const OF_THE_PAGE = ["csrf_token", "lan-gui", "trang", "thu_tuc", "component_codes"];

function owner(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="draft-owner"]')?.content;
}

function keyOf(address: string): string {
  return `${PREFIX}${owner()}:${address}`;
}

function forget(unwanted: (key: string) => boolean): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && unwanted(key)) sessionStorage.removeItem(key);
  }
}

/** The answers of the procedure's own form without what is never kept. */
function withoutIdentities(answers: string): string {
  return JSON.stringify(JSON.parse(answers), (name, value) => (NEVER_KEPT.test(name) ? undefined : value));
}

function entriesOf(form: HTMLFormElement): [string, string][] {
  const entries: [string, string][] = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || OF_THE_PAGE.includes(name) || NEVER_KEPT.test(name)) continue;
    entries.push([name, name === "answers" ? withoutIdentities(value) : value]);
  }
  return entries;
}

/** Whether this page's draft was thrown away: an answer that comes before the next page must not bring it back. */
let thrownAway = false;

function store(form: HTMLFormElement, draft: Draft): void {
  if (thrownAway) return;
  sessionStorage.setItem(keyOf(form.dataset.draft!), JSON.stringify(draft));
}

function keep(form: HTMLFormElement, sent: boolean): void {
  store(form, { entries: entriesOf(form), at: Date.now(), sent });
}

function kept(form: HTMLFormElement): Draft | null {
  const text = sessionStorage.getItem(keyOf(form.dataset.draft!));
  const draft = text ? (JSON.parse(text) as Draft) : null;
  return draft && Date.now() - draft.at < LONGEST_MS ? draft : null;
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function isChoice(field: Field): field is HTMLInputElement {
  return field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type);
}

function isFilledIn(field: Field): boolean {
  if (!field.name || NEVER_KEPT.test(field.name) || OF_THE_PAGE.includes(field.name)) return false;
  return !(field instanceof HTMLInputElement && ["file", "submit"].includes(field.type));
}

/** Fills in the fields below `root`; a choice that the draft does not name was not taken. */
function fill(root: ParentNode, draft: Draft): void {
  const values = new Map(draft.entries);
  for (const field of root.querySelectorAll<Field>("input, select, textarea")) {
    if (!isFilledIn(field)) continue;
    if (isChoice(field)) field.checked = values.get(field.name) === field.value;
    else if (values.has(field.name)) field.value = values.get(field.name)!;
    if (field.hasAttribute("data-answers")) field.dataset.answers = "restored";
  }
}

/** Papers that are asked for only after the answers are known are filled in when they appear. */
function fillWhatAppears(form: HTMLFormElement, draft: Draft): void {
  const known = new Set([...form.elements].map((field) => (field as Field).name));
  document.addEventListener("htmx:afterSettle", () => {
    for (const row of form.querySelectorAll(".papers tbody tr")) {
      const names = [...row.querySelectorAll<Field>("input")].map((field) => field.name);
      if (names.every((name) => known.has(name))) continue;
      names.forEach((name) => known.add(name));
      fill(row, draft);
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }, { once: true });
}

function say(form: HTMLFormElement, draft: Draft, which: string): void {
  const notice = form.querySelector<HTMLElement>("[data-draft-notice]")!;
  const text = notice.querySelector<HTMLElement>(which)!;
  const office = { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" } as const;
  text.querySelector("time")!.textContent = new Date(draft.at).toLocaleTimeString("vi-VN", office);
  text.hidden = notice.hidden = false;
}

/** After a log-in or a refused sending the draft is what the person was doing; else it may be another applicant's. */
function continues(draft: Draft): boolean {
  return draft.sent || (document.referrer !== "" && new URL(document.referrer).pathname === "/dang-nhap");
}

function comeBack(form: HTMLFormElement): void {
  const draft = kept(form);
  if (!draft) return;
  store(form, { ...draft, sent: false });
  if (!form.querySelector("[data-draft-may-return]")) return;
  if (!continues(draft)) return say(form, draft, "[data-draft-offered]");
  fill(form, draft);
  say(form, draft, "[data-draft-restored]");
  fillWhatAppears(form, draft);
  addEventListener("load", () => form.dispatchEvent(new Event("change", { bubbles: true })));
}

function answerNotice(event: MouseEvent): void {
  const button = (event.target as HTMLElement).closest("[data-draft-fill], [data-draft-discard]");
  const form = button?.closest<HTMLFormElement>("form[data-draft]");
  if (!button || !form) return;
  const draft = kept(form);
  if (button.hasAttribute("data-draft-discard")) {
    sessionStorage.removeItem(keyOf(form.dataset.draft!));
    thrownAway = true;
  } else if (draft) store(form, { ...draft, sent: true });
  location.replace(form.dataset.draft!);
}

/** Logging out in one tab empties them all. */
function forgetOnLogOut(): void {
  const logOuts = new BroadcastChannel(LOG_OUTS);
  logOuts.addEventListener("message", () => forget(() => true));
  document.querySelector("form[data-log-out]")?.addEventListener("submit", () => {
    forget(() => true);
    thrownAway = true;
    logOuts.postMessage("out");
  });
}

function draftedForm(event: Event): HTMLFormElement | null {
  const target = event.target as HTMLElement;
  return target.closest<HTMLFormElement>("form[data-draft]");
}

export function startDrafts(): void {
  if (owner()) forget((key) => !key.startsWith(`${PREFIX}${owner()}:`));
  for (const said of document.querySelectorAll<HTMLElement>("[data-draft-settled]")) {
    sessionStorage.removeItem(keyOf(said.dataset.draftSettled!));
  }
  forgetOnLogOut();
  const touched = new WeakSet<HTMLFormElement>();
  for (const kind of ["input", "change", "answers-changed", "click"]) {
    document.addEventListener(kind, (event) => {
      const form = draftedForm(event);
      if (!form) return;
      if (event.isTrusted) touched.add(form);
      if (touched.has(form) && kind !== "click") keep(form, false);
    });
  }
  document.addEventListener("submit", (event) => {
    const form = draftedForm(event);
    if (form && !event.defaultPrevented) keep(form, true);
  });
  document.addEventListener("click", answerNotice);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) comeBack(form);
}
