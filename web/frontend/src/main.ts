/** What every page needs: the design system, the font, htmx, and small manners of forms. */
import "@fontsource/be-vietnam-pro/latin-400.css";
import "@fontsource/be-vietnam-pro/latin-500.css";
import "@fontsource/be-vietnam-pro/latin-600.css";
import "@fontsource/be-vietnam-pro/latin-700.css";
import "@fontsource/be-vietnam-pro/vietnamese-400.css";
import "@fontsource/be-vietnam-pro/vietnamese-500.css";
import "@fontsource/be-vietnam-pro/vietnamese-600.css";
import "@fontsource/be-vietnam-pro/vietnamese-700.css";
import "@tabler/core/dist/css/tabler.min.css";
import "./styles/tokens.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/lists.css";
import "./styles/dossier.css";
import "./styles/receiving.css";
import "./styles/deciding.css";
import "./styles/overview.css";
import "./styles/tracking.css";
import "./styles/login.css";

import htmx from "htmx.org";
import { startDrafts } from "./drafts.ts";
import { startFiles } from "./files.ts";
import { startForms } from "./forms.ts";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

/** The notices behind the logos of bpmn.io close by a click beside them only: the keyboard needs a way out too. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelector<HTMLElement>(":is(.fjs-powered-by-lightbox, .bjs-powered-by-lightbox) .backdrop")?.click();
});

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) (event as CustomEvent).detail.headers["X-CSRFToken"] = token;
});

startFiles();
startDrafts();
startForms();
