import type { Input } from "../protocol.gen";
import { isSecret } from "../dom/describe";
import { FIELD, type Field, isValid } from "../dom/fields";
import type { Scene } from "../dom/scene";

/** A pause in typing after which the edit is told though the field keeps the focus. */
const REST_MS = 1_000;
/** Upper ends of the length classes "short" and "medium". */
const SHORT_TEXT = 8;
const MEDIUM_TEXT = 64;

/** keys: since the last report. focused: since when, 0 if not. filled, emptied: it was, at some time. */
interface Edit {
  keys: number;
  focused: number;
  dwell: number;
  filled: boolean;
  emptied: boolean;
  timer: number;
}

function lengthOf(field: Field): number {
  return (field.value ?? field.textContent).length;
}

function classOf(length: number): NonNullable<Input["length"]> {
  return !length ? "empty" : length <= SHORT_TEXT ? "short" : length <= MEDIUM_TEXT ? "medium" : "long";
}

/** Focus and edits of fields: timing, class of length, validity. Values are not read but for their length. */
export function fields(scene: Scene): void {
  const edits = new WeakMap<Field, Edit>();

  function tell(field: Field, edit: Edit): void {
    clearTimeout(edit.timer);
    edit.timer = 0;
    const el = scene.describer.of(field);
    const length = lengthOf(field);
    const refill = edit.emptied && length > 0;
    const valid = isValid(field);
    const more = isSecret(field) ? {} : { length: classOf(length), keys: edit.keys };
    const dwell = edit.dwell + (edit.focused && scene.now() - edit.focused);
    if (el) scene.emit({ t: "input", el, valid, dwell, refill, ...more });
    edit.emptied &&= !refill;
    edit.keys = 0;
  }

  scene.on(document, "input change focusin focusout", (event) => {
    const field = scene.target(event)?.closest<Field>(FIELD);
    if (!field) return;
    const edit = edits.get(field) ?? { keys: 0, focused: 0, dwell: 0, filled: lengthOf(field) > 0, emptied: false, timer: 0 };
    edits.set(field, edit);
    if (event.type === "input") {
      // Autofill comes without a key: inputType is missing then.
      if ((event as InputEvent).inputType) edit.keys++;
      if (lengthOf(field)) edit.filled = true;
      else edit.emptied = edit.filled;
      clearTimeout(edit.timer);
      edit.timer = setTimeout(scene.safe(() => tell(field, edit)), REST_MS);
    } else if (event.type === "change") tell(field, edit);
    else {
      const on = event.type === "focusin";
      if (!on && edit.timer) tell(field, edit);
      if (edit.focused) edit.dwell += scene.now() - edit.focused;
      edit.focused = on ? scene.now() : 0;
      const el = scene.describer.of(field);
      if (el) scene.emit({ t: "focus", el, on });
    }
  });
}
