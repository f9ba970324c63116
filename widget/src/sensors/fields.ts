import type { LengthClass } from "../protocol.gen";
import { FIELD, isField, isSecret, type Field } from "../dom/describe";
import type { Scene } from "../dom/scene";

/** A pause in typing after which the edit is told though the field keeps the focus. */
const REST_MS = 1_000;
/** Upper ends of the length classes "short" and "medium". */
const SHORT_TEXT = 8;
const MEDIUM_TEXT = 64;

interface Edit {
  keys: number;
  focused: number;
  dwell: number;
  filled: boolean;
  emptied: boolean;
  timer: number;
}

function lengthOf(field: Field): number {
  return (field.value ?? field.textContent ?? "").length;
}

function classOf(length: number): LengthClass {
  if (!length) return "empty";
  return length <= SHORT_TEXT ? "short" : length <= MEDIUM_TEXT ? "medium" : "long";
}

export function isValid(field: Field): boolean {
  return field.validity?.valid !== false && !/^(true|grammar|spelling)$/.test(field.getAttribute("aria-invalid") ?? "");
}

/** Focus and edits of fields: timing, class of length, validity. Values are not read but for their length. */
export function fields(scene: Scene): void {
  const edits = new WeakMap<Field, Edit>();

  function editOf(field: Field): Edit {
    let edit = edits.get(field);
    if (!edit) {
      edit = { keys: 0, focused: 0, dwell: 0, filled: lengthOf(field) > 0, emptied: false, timer: 0 };
      edits.set(field, edit);
    }
    return edit;
  }

  function dwell(edit: Edit): void {
    const now = scene.now();
    if (edit.focused) edit.dwell += now - edit.focused;
    edit.focused = edit.focused && now;
  }

  function tell(field: Field): void {
    const edit = editOf(field);
    const el = scene.describer.of(field);
    clearTimeout(edit.timer);
    edit.timer = 0;
    dwell(edit);
    const length = lengthOf(field);
    const refill = edit.emptied && length > 0;
    const open = !isSecret(field);
    if (el) scene.emit({ t: "input", el, length: open ? classOf(length) : "empty", keys: open ? edit.keys : 0, valid: isValid(field), dwell: edit.dwell, refill });
    if (refill) edit.emptied = false;
    edit.keys = 0;
  }

  function fieldOf(event: Event): Field | undefined {
    const target = scene.target(event)?.closest(FIELD) ?? null;
    return isField(target) ? target : undefined;
  }

  scene.on(document, "input", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    const edit = editOf(field);
    // Autofill comes without a key: inputType is missing then.
    if ((event as InputEvent).inputType) edit.keys++;
    if (lengthOf(field)) edit.filled = true;
    else edit.emptied = edit.filled;
    clearTimeout(edit.timer);
    edit.timer = setTimeout(scene.safe(() => tell(field)), REST_MS);
  });
  scene.on(document, "change", (event) => {
    const field = fieldOf(event);
    if (field) tell(field);
  });
  scene.on(document, "focusin focusout", (event) => {
    const field = fieldOf(event);
    const el = field && scene.describer.of(field);
    if (!field || !el) return;
    const edit = editOf(field);
    const on = event.type === "focusin";
    if (!on && edit.timer) tell(field);
    dwell(edit);
    edit.focused = on ? scene.now() : 0;
    scene.emit({ t: "focus", el, on });
  });
}
