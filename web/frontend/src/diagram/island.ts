/** One diagram viewer on a page. */
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { progressHere, type Drawing } from "./drawing.ts";

interface Shape {
  id: string;
  type: string;
  width: number;
  height: number;
  x: number;
  y: number;
  collapsed?: boolean;
  children?: Shape[];
  businessObject: { name?: string; calledElement?: string; $parent?: BusinessObject };
}

interface BusinessObject {
  id: string;
  $type: string;
  $parent?: BusinessObject;
}

/** A diagram on the way from the procedure down to the one that is shown. */
interface Stop {
  process: string;
  name: string;
  /** Call activities and sub-processes on the way here, as marks spell their path. */
  inside: string[];
}

/** Below this zoom the names in the boxes cannot be read. */
const LEGIBLE = 0.6;
/** The zoom at which a part of a diagram is shown that is too wide to be shown whole. */
const READABLE = 0.8;
const MARGIN = 20;

/** `value` between the two, or half-way where there is no room between them. */
function within(value: number, low: number, high: number): number {
  return low > high ? (low + high) / 2 : Math.max(low, Math.min(value, high));
}

/** Whether a shape is drawn around others (a lane, an opened sub-process): what stands inside is marked, not the frame. */
function isFrame(shape: Shape): boolean {
  return /Participant|Lane/.test(shape.type) || (shape.type === "bpmn:SubProcess" && !shape.collapsed);
}

export class DiagramIsland {
  private viewer: NavigatedViewer;
  private drawing!: Drawing;
  private way: Stop[] = [];

  constructor(private element: HTMLElement) {
    const container = element.querySelector<HTMLElement>("[data-canvas]")!;
    this.viewer = new NavigatedViewer({ container, zoomScroll: { enabled: false } } as never);
    this.viewer.on("element.click", (event: { element: Shape }) => this.open(event.element));
    for (const button of element.querySelectorAll<HTMLButtonElement>("[data-zoom]")) {
      button.addEventListener("click", () => this.zoom(button.dataset.zoom!));
    }
  }

  async start(): Promise<void> {
    const answer = await fetch(this.element.dataset.source!, { headers: { Accept: "application/json" } });
    if (!answer.ok) return this.say(this.element.dataset.failed!);
    this.drawing = (await answer.json()) as Drawing;
    this.element.querySelector<HTMLElement>(".key")!.hidden = this.drawing.marks.length === 0;
    await this.show({ process: this.drawing.root, name: this.element.dataset.name ?? "", inside: [] });
    this.element.dataset.ready = "yes";
  }

  private canvas(): any {
    return this.viewer.get("canvas");
  }

  private shapes(): Shape[] {
    return (this.viewer.get("elementRegistry") as any).filter((shape: Shape) => shape.type !== "label");
  }

  /** Shows a diagram and adds it to the way; a failure is said in words instead of an empty box. */
  private async show(stop: Stop): Promise<void> {
    const xml = this.drawing.diagrams[stop.process];
    if (!xml) return this.say(this.element.dataset.failed!);
    try {
      await this.viewer.importXML(xml);
    } catch {
      return this.say(this.element.dataset.failed!);
    }
    this.way.push(stop);
    this.mark(stop);
    this.writeWay();
    this.writeCalls();
    this.focus();
  }

  private calls(): Shape[] {
    return this.shapes().filter((shape) => shape.type === "bpmn:CallActivity" && this.called(shape) in this.drawing.diagrams);
  }

  private called(shape: Shape): string {
    return shape.businessObject.calledElement ?? "";
  }

  private mark(stop: Stop): void {
    const calls = new Set(this.shapes().filter((shape) => shape.type === "bpmn:CallActivity").map((shape) => shape.id));
    const known = new Set(this.shapes().filter((shape) => !isFrame(shape)).map((shape) => shape.id));
    for (const [id, progress] of progressHere(this.drawing.marks, stop.inside, (step) => calls.has(step))) {
      if (known.has(id)) this.canvas().addMarker(id, `is-${progress}`);
    }
    for (const call of this.calls()) this.canvas().addMarker(call.id, "can-open");
  }

  private open(shape: Shape): void {
    if (shape.type !== "bpmn:CallActivity" || !(this.called(shape) in this.drawing.diagrams)) return;
    const here = this.way[this.way.length - 1];
    const name = shape.businessObject.name ?? shape.id;
    void this.show({ process: this.called(shape), name, inside: [...here.inside, ...this.around(shape), shape.id] });
  }

  /** The sub-processes of this diagram around a shape, outermost first. */
  private around(shape: Shape): string[] {
    const found: string[] = [];
    for (let parent = shape.businessObject.$parent; parent; parent = parent.$parent) {
      if (parent.$type === "bpmn:SubProcess") found.unshift(parent.id);
    }
    return found;
  }

  private back(to: number): void {
    const stop = this.way[to];
    this.way = this.way.slice(0, to);
    void this.show(stop);
  }

  private writeWay(): void {
    const list = this.element.querySelector<HTMLElement>("[data-way]")!;
    list.replaceChildren(
      ...this.way.map((stop, index) => {
        const last = index === this.way.length - 1;
        const part = document.createElement(last ? "span" : "button");
        part.textContent = stop.name;
        if (part instanceof HTMLButtonElement) {
          part.type = "button";
          part.addEventListener("click", () => this.back(index));
        } else part.setAttribute("aria-current", "step");
        return part;
      }),
    );
  }

  /** The called diagrams as buttons, for the keyboard and for those who do not think of clicking a box. */
  private writeCalls(): void {
    const list = this.element.querySelector<HTMLElement>("[data-calls]")!;
    const buttons = this.calls().map((shape) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = shape.businessObject.name ?? shape.id;
      button.addEventListener("click", () => this.open(shape));
      return button;
    });
    list.replaceChildren(...buttons);
    list.parentElement!.hidden = buttons.length === 0;
  }

  /** Shows the whole width where it can be read, else the part around where the dossier stands; the frame is as high as needed. */
  private focus(): void {
    const canvas = this.canvas();
    const { inner, outer } = canvas.viewbox();
    const whole = Math.min(1, outer.width / (inner.width + 2 * MARGIN));
    const zoom = whole >= LEGIBLE ? whole : READABLE;
    this.element.querySelector<HTMLElement>("[data-canvas]")!.style.height = `${Math.ceil((inner.height + 2 * MARGIN) * zoom)}px`;
    canvas.resized();
    const frame = canvas.viewbox().outer;
    const [width, height] = [frame.width / zoom, frame.height / zoom];
    const { x, y } = this.standing() ?? { x: inner.x, y: inner.y };
    canvas.viewbox({
      x: within(x - width / 2, inner.x - MARGIN, inner.x + inner.width + MARGIN - width),
      y: within(y - height / 2, inner.y - MARGIN, inner.y + inner.height + MARGIN - height),
      width,
      height,
    });
  }

  /** The middle of the step that is open, else of one that waits, else of the last one passed, which stands furthest right. */
  private standing(): { x: number; y: number } | undefined {
    const canvas = this.canvas();
    const marked = (progress: string) => this.shapes().filter((shape) => shape.width && canvas.hasMarker(shape.id, progress));
    const last = marked("is-done").reduce<Shape[]>((found, shape) => (found[0]?.x > shape.x ? found : [shape]), []);
    const [shape] = [...marked("is-open"), ...marked("is-waiting"), ...last];
    return shape && { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
  }

  private zoom(how: string): void {
    const canvas = this.canvas();
    if (how === "fit") canvas.zoom("fit-viewport", "auto");
    else canvas.zoom(canvas.zoom() * (how === "in" ? 1.25 : 0.8));
  }

  private say(text: string): void {
    const notice = document.createElement("p");
    notice.className = "empty";
    notice.textContent = text;
    this.element.querySelector("[data-canvas]")!.replaceChildren(notice);
  }
}
