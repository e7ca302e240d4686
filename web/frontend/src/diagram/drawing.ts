/** What the server sends about a dossier's or a procedure's diagrams. */

export type Progress = "done" | "open" | "waiting";

/** Where something stands: the element, and the call activities and sub-processes around it, outermost first. */
export interface Mark {
  element: string;
  path: string[];
  progress: Progress;
}

export interface Drawing {
  /** The process that the dossier runs. */
  root: string;
  /** Process id -> BPMN 2.0 XML. */
  diagrams: Record<string, string>;
  marks: Mark[];
}

const strength: Record<Progress, number> = { done: 1, waiting: 2, open: 3 };

/**
 * The progress of the elements of one diagram, which was reached through `inside` (call activities and
 * sub-processes). A mark below a call activity of this diagram counts for the call activity itself.
 */
export function progressHere(marks: Mark[], inside: string[], isCall: (id: string) => boolean): Map<string, Progress> {
  const here = new Map<string, Progress>();
  const note = (id: string, progress: Progress) => {
    const known = here.get(id);
    if (!known || strength[known] < strength[progress]) here.set(id, progress);
  };
  for (const mark of marks) {
    if (!inside.every((step, index) => mark.path[index] === step)) continue;
    const rest = mark.path.slice(inside.length);
    const call = rest.find(isCall);
    if (call) note(call, mark.progress);
    else note(mark.element, mark.progress);
  }
  return here;
}
