import type { Element as Described, Validation } from "../protocol.gen";
import { type Field, formOf } from "../dom/fields";
import { fieldNear, looksRight, looksWrong, messageElement, messageText, nativeMessage, visible, WRONG_BOX } from "./messages";
import { type Scene, whenIdle } from "../dom/scene";

/** How long after an action messages are looked for; longer while requests of the page come and go. */
const WATCH_MS = 5_000;
/** The page is read this long after it changed, so that a render is finished, and not more often than this. */
const SETTLE_MS = 60;
const PAUSE_MS = 200;
/** An unchanged message still stands if the page had this long since the submit and no request is open. */
const STANDS_MS = 400;
/** A failed request this recent explains an alert. */
const FAILED_MS = 2_000;
/** Marked elements read at most: a page that marks more has another problem. */
const MOST = 40;

interface Found {
  at: Element;
  el: Described;
  message: string;
  source: NonNullable<Validation["source"]>;
  attempt: number;
  form: Element | null;
}

const all = (selector: string) => [...document.querySelectorAll(selector)].slice(0, MOST);
const ALERT = "[role=alert],[aria-live=assertive]";

/** Validation messages by field: when they come, stand after another attempt, change and go. */
export function validation(scene: Scene): void {
  const { attempts, describer: { words, of } } = scene;
  const shown = new Map<string, Found>();
  const objected = new Set<Field>();
  let timer = 0;
  let read = 0;
  let open = 0;
  let failed = -FAILED_MS;
  let answered = false;
  let quiet = 0;

  function find(): Map<string, Found> {
    const found = new Map<string, Found>();
    const add = (at: Element, text: string, source: Found["source"]) => {
      const el = of(at);
      const message = words.masks.masked(at) ? "" : text;
      if (el && !found.has(el.fp)) found.set(el.fp, { at, el, message, source, attempt: attempts[el.form || el.fp] ?? 0, form: formOf(at) });
    };
    for (const field of all("[aria-invalid]:not([aria-invalid=''],[aria-invalid=false])")) {
      if (visible(field)) {
        add(field, messageText(words, messageElement(field), field) || nativeMessage(words, field as Field), "aria");
      }
    }
    for (const field of objected) if (field.isConnected) add(field, nativeMessage(words, field), "native");
    for (const box of all(WRONG_BOX)) {
      const field = fieldNear(box);
      const message = field && messageElement(field);
      if (message) add(field, messageText(words, message, field), "class");
    }
    for (const alert of all(ALERT)) alerted(alert, [...found.values()], add);
    return found;
  }

  /** An alert of the page, unless it is good news or only sums up what stands at the fields. */
  function alerted(alert: Element, known: Found[], add: (at: Element, text: string, source: Found["source"]) => void): void {
    const form = formOf(alert);
    const field = fieldNear(alert);
    const bad = looksWrong(alert) || !!alert.querySelector(WRONG_BOX) || scene.now() - failed < FAILED_MS;
    if (!bad || looksRight(alert) || !alert.textContent?.trim() || !visible(alert)) return;
    if (known.some(({ at }) => at === field || messageElement(at) === alert || !form || form.contains(at))) return;
    add(field ?? alert, messageText(words, alert, field ?? form ?? document.body), "live");
  }

  function scan(): void {
    timer = 0;
    read = scene.now();
    const found = find();
    for (const [fp, now] of found) {
      const before = shown.get(fp);
      if (before?.message === now.message && !(answered && now.attempt > before.attempt)) continue;
      shown.set(fp, now);
      tell(now, false);
    }
    let later = false;
    for (const [fp, before] of shown) {
      if (found.has(fp)) continue;
      // Many pages take messages away when a form is sent, and put them back with the answer: no success yet.
      if ((later ||= read < quiet)) continue;
      shown.delete(fp);
      // A field that left the page with its message is no success: a closed dialog, another route.
      if (still(before)) tell({ ...before, attempt: attempts[before.el.form || fp] ?? 0 }, true);
    }
    answered &&= !!open;
    if (later) timer ||= setTimeout(scene.safe(scan), STANDS_MS);
  }

  function tell({ el, message, attempt, source }: Found, cleared: boolean): void {
    scene.emit({ t: "validation", el, message, attempt, cleared, source }, true);
  }

  function still({ at, el, form }: Found): boolean {
    if (at.matches(ALERT)) return (form ?? at).isConnected;
    const twin = at.isConnected ? at : document.querySelector(el.selector || "_");
    return !!twin && of(twin)?.fp === el.fp;
  }

  function soon(): void {
    answered = true;
    timer ||= setTimeout(scene.safe(scan), Math.max(SETTLE_MS, read + PAUSE_MS - scene.now()));
  }

  /** After a submit a message that did not change counts again, once the page had its answer. */
  const stands = () => setTimeout(scene.safe(() => open || soon()), STANDS_MS);
  const look = () => scene.watch.open(WATCH_MS);

  scene.watch.read(soon);
  scene.hear("action", look);
  scene.hear("attempt", () => {
    answered = false;
    quiet = scene.now() + STANDS_MS;
    stands();
  });
  scene.hear("request", ({ began, ok }) => {
    look();
    open = Math.max(0, open + (began ? 1 : -1));
    if (!ok) failed = scene.now();
    quiet = scene.now() + (began ? WATCH_MS : STANDS_MS);
    if (!began) stands();
  });
  scene.on(document, "invalid", (event) => {
    // Without an action before it a script only asked; the user did not try.
    if (!scene.cause()) return;
    objected.add(event.target as Field);
    soon();
  });
  scene.on(document, "input change focusout", ({ target }) => {
    look();
    if (objected.delete(target as Field)) (target as Field).validity.valid ? soon() : objected.add(target as Field);
  });
  scene.message = messageElement;
  // What a server sent with the page is read when idle, but before the user acts on it.
  const first = scene.safe(() => read || scan());
  whenIdle(first, PAUSE_MS);
  scene.on(document, "pointerdown keydown", first);
}
