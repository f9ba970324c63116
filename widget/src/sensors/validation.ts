import type { Element as Described, Validation } from "../protocol.gen";
import { type Field, formOf } from "../dom/describe";
import { fieldNear, looksRight, looksWrong, messageElement, messageText, nativeMessage, visible, WRONG_BOX } from "../dom/messages";
import type { Scene } from "../dom/scene";
import { isValid } from "./fields";

/** How long after an action messages are looked for; longer while a request of the page is under way. */
const WATCH_MS = 5_000;
/** The page is read this long after it changed, so that a render is finished, and not more often than this. */
const SETTLE_MS = 60;
const PAUSE_MS = 200;
/** An unchanged message still stands if nothing answered the submit for this long and no request is open. */
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
}

interface Shown extends Found {
  attempt: number;
}

/** Validation messages by field: when they come, stand after another attempt, change and go. */
export function validation(scene: Scene): void {
  const { words } = scene.describer;
  const shown = new Map<string, Shown>();
  const native = new Map<Field, string>();
  const attempts = new Map<string, number>();
  let timer = 0;
  let read = 0;
  let open = 0;
  let failed = -FAILED_MS;
  let touched = false;

  const attemptOf = (el: Described) => attempts.get(el.form || el.fp) ?? 0;

  function find(): Map<string, Found> {
    const found = new Map<string, Found>();
    const add = (at: Element, message: string, source: Found["source"]) => {
      const el = scene.describer.of(at);
      const masked = words.masks.masked(at);
      if (el && !found.has(el.fp)) found.set(el.fp, { at, el, message: masked ? "" : message, source });
    };
    const all = (selector: string) => [...document.querySelectorAll(selector)].slice(0, MOST);

    for (const field of all("[aria-invalid]:not([aria-invalid=false]):not([aria-invalid=''])")) {
      const message = messageElement(field as Field);
      if (visible(field)) add(field, messageText(words, message, field) || nativeMessage(field as Field), "aria");
    }
    for (const [field, message] of native) {
      if (field.isConnected && !field.validity.valid) add(field, message, "native");
      else native.delete(field);
    }
    for (const box of all(WRONG_BOX)) {
      const field = fieldNear(box);
      const message = field && messageElement(field);
      if (field && message && visible(message)) add(field, messageText(words, message, field), "class");
    }
    const fields = [...found.values()];
    for (const alert of all("[role=alert],[aria-live=assertive]")) {
      if (!alert.textContent?.trim() || looksRight(alert) || !visible(alert)) continue;
      const form = formOf(alert);
      const field = fieldNear(alert);
      // An alert that sums up what stands at the fields says nothing new.
      if (fields.some(({ at }) => at === field || messageElement(at as Field) === alert || (form ? form.contains(at) : true))) continue;
      const wrong = looksWrong(alert) || !!alert.querySelector("[class*=error],[class*=danger],[class*=alert]") || scene.now() - failed < FAILED_MS;
      if (field && wrong) add(field, messageText(words, alert, field), "live");
      else if (wrong) add(alert, messageText(words, alert, form ?? document.body), "live");
    }
    return found;
  }

  function scan(): void {
    timer = 0;
    read = scene.now();
    const found = find();
    for (const [fp, now] of found) {
      const before = shown.get(fp);
      const attempt = attemptOf(now.el);
      const again = !!before && attempt > before.attempt && touched;
      if (before && before.message === now.message && !again) continue;
      shown.set(fp, { ...now, attempt });
      scene.emit({ t: "validation", el: now.el, message: now.message, attempt, source: now.source }, true);
    }
    for (const [fp, before] of shown) {
      if (found.has(fp)) continue;
      shown.delete(fp);
      // A field that left the page with its message is no success: a closed dialog, another route.
      if (still(before)) {
        scene.emit({ t: "validation", el: before.el, message: before.message, attempt: attemptOf(before.el), cleared: true, source: before.source }, true);
      }
    }
    if (!open) touched = false;
  }

  function still({ at, el }: Shown): boolean {
    const place = el.role === "alert" ? formOf(at) ?? (at.isConnected ? at : null) : at;
    if (place?.isConnected) return true;
    const twin = el.selector && el.role !== "alert" && document.querySelector(el.selector);
    return !!twin && scene.describer.of(twin)?.fp === el.fp;
  }

  function soon(wait = SETTLE_MS): void {
    timer ||= setTimeout(scene.safe(scan), Math.max(wait, read + PAUSE_MS - scene.now()));
  }

  /** After a submit a message that did not change still counts, once the page had its answer. */
  function stands(): void {
    if (open) return;
    touched = true;
    soon();
  }

  scene.watch.read(() => {
    touched = true;
    soon();
  });
  scene.hear("action", () => scene.watch.open(WATCH_MS));
  scene.hear("attempt", ({ print, count }) => {
    attempts.set(print, count);
    touched = false;
    setTimeout(scene.safe(stands), STANDS_MS);
  });
  scene.hear("request", ({ began, ok }) => {
    open = Math.max(0, open + (began ? 1 : -1));
    scene.watch.open(WATCH_MS);
    if (!began && !ok) failed = scene.now();
    if (!began && !open) setTimeout(scene.safe(stands), STANDS_MS);
  });
  scene.on(document, "invalid", (event) => {
    const field = scene.target(event) as Field | undefined;
    if (!field?.validity || !scene.cause()) return;
    native.set(field, nativeMessage(field));
    stands();
  });
  scene.on(document, "input change focusout", (event) => {
    const field = scene.target(event) as Field | undefined;
    if (!field) return;
    scene.watch.open(WATCH_MS);
    if (native.has(field) && isValid(field)) soon();
  });
  soon();
}
