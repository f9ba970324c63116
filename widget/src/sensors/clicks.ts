import { bursts } from "../core/burst";
import { CONTROL } from "../dom/describe";
import { isField } from "../dom/fields";
import type { Scene } from "../dom/scene";

/** The control around an element, through open shadow roots too. */
function controlAround(start: Element): Element | undefined {
  for (let el: Element | undefined = start; el; el = (el.getRootNode() as ShadowRoot).host) {
    const control = el.closest(CONTROL);
    if (control) return control;
  }
  return undefined;
}

/** Enter in a field makes the browser click the form's button: the user did not. */
function byEnter(event: MouseEvent, target: Element): boolean {
  return event.detail === 0 && isField(document.activeElement) && target !== document.activeElement;
}

/** Clicks and taps, on disabled controls too; the label of a field passes its click on to the field. */
export function clicks(scene: Scene): void {
  const burst = bursts();

  function record(event: MouseEvent, target: Element): void {
    const control = controlAround(target);
    const el = scene.describer.of(control ?? target);
    if (!el) return;
    const interactive = !!control || getComputedStyle(target).cursor === "pointer";
    const quick = burst(el.fp, event.timeStamp);
    const seq = scene.emit({ t: "click", el, x: Math.round(event.clientX), y: Math.round(event.clientY), interactive }, quick);
    scene.tell("action", { seq, el: control ?? target, burst: quick });
  }

  scene.on<MouseEvent>(document, "click", (event) => {
    const target = scene.target(event);
    if (!target || !event.isTrusted || byEnter(event, target)) return;
    const labelled = target.closest("label")?.control as HTMLInputElement | null | undefined;
    if (labelled && labelled !== target && !labelled.disabled && !target.closest("a,button")) return;
    record(event, target);
  });
  // A disabled control gets no click, but the pointer was on it.
  scene.on<MouseEvent>(document, "pointerup", (event) => {
    const target = scene.target(event);
    if (target?.closest(":disabled")) record(event, target);
  });
}
