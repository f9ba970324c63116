import { formOf } from "../dom/fields";
import type { Scene } from "../dom/scene";

/** A click or Enter within this time explains a submit or the browser's own objection to one. */
const RECENT_MS = 500;
/** Two signs of one submit (the event, the click that caused it) come within this time. */
const SAME_MS = 100;

/**
 * Submits: the event itself; the browser's refusal to submit (native validation); and forms that a script sends
 * when their button is clicked, without any submit event.
 */
export function submits(scene: Scene): void {
  const last = new WeakMap<Element, number>();
  let pressed: { at: number; button: Element | null } = { at: -RECENT_MS, button: null };
  let edited: Element | null = null;

  function attempt(form: Element, button: Element | null): void {
    const el = scene.describer.of(form);
    if (!el || scene.now() - (last.get(form) ?? -SAME_MS) < SAME_MS) return;
    last.set(form, scene.now());
    const count = (scene.attempts[el.fp] ?? 0) + 1;
    scene.attempts[el.fp] = count;
    const seq = scene.emit({ t: "submit", el, button: (button && scene.describer.of(button)) || null, attempt: count }, true);
    edited = null;
    scene.tell("attempt", el.fp);
    scene.tell("action", { seq, el: button ?? form, burst: false });
  }

  scene.on<SubmitEvent>(document, "submit", (event) => {
    const form = scene.target(event);
    if (form) attempt(form, event.submitter);
  });
  scene.on(document, "input", (event) => {
    edited = formOf(scene.target(event) ?? document.body);
  });
  scene.on(document, "keydown", (event: KeyboardEvent) => {
    if (event.key === "Enter") pressed = { at: scene.now(), button: null };
  });
  scene.on(document, "click", (event) => {
    const button = scene.target(event)?.closest<HTMLButtonElement>("button,input[type=submit],input[type=image],[role=button]");
    const form = button && formOf(button);
    if (!form) return;
    pressed = { at: scene.now(), button };
    // "button" of a real form is no submit; in a dialog without a form it is, once something was entered.
    const sends = form.tagName === "FORM" ? /^(submit|image)$/.test(button.type) : edited === form;
    if (sends) setTimeout(scene.safe(() => form.isConnected && attempt(form, button)));
  });
  scene.on(document, "invalid", (event) => {
    const form = formOf(scene.target(event) ?? document.body);
    if (form && scene.now() - pressed.at < RECENT_MS) attempt(form, pressed.button);
  });
}
