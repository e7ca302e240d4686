/** The diagram of a procedure, with what is done, open and waiting; a call activity opens the diagram it calls. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./styles/diagram.css";

import { DiagramIsland } from "./diagram/island.ts";

function startAll(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-diagram]:not([data-started])")) {
    element.dataset.started = "yes";
    const visible = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      visible.disconnect();
      void new DiagramIsland(element).start();
    });
    visible.observe(element);
  }
}

startAll(document);
document.addEventListener("htmx:afterSettle", () => startAll(document));
