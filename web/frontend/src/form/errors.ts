/** Where the server's complaints belong in a form-js form. */
import type { Form } from "@bpmn-io/form-js-viewer";

/** Dotted path of a field (`officer`, `persons.0.name`) -> what is wrong with it. */
export type ServerErrors = Record<string, string>;

interface Instance {
  id: string;
  valuePath: (string | number)[];
  indexes?: Record<string, number>;
}

/** The complaints as form-js keeps them: by field id, and below it by the index of each repetition around it. */
export function errorsByField(form: Form, errors: ServerErrors): Record<string, unknown> {
  const registry = form.get<{ getAllKeyed(): Instance[] }>("formFieldInstanceRegistry");
  const byField: Record<string, unknown> = {};
  for (const instance of registry.getAllKeyed()) {
    const message = errors[instance.valuePath.join(".")];
    if (message) put(byField, [instance.id, ...Object.values(instance.indexes ?? {})].map(String), [message]);
  }
  return byField;
}

function put(target: Record<string, unknown>, path: string[], value: unknown): void {
  for (const step of path.slice(0, -1)) target = (target[step] ??= {}) as Record<string, unknown>;
  target[path[path.length - 1]] = value;
}
