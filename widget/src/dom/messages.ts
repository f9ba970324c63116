import { LINE } from "../core/limits";
import { tidy, withoutValues } from "../core/text";
import { FIELD, type Field } from "./describe";
import type { Words } from "./words";

/** Containers that common toolkits mark when the field inside is wrong. */
export const WRONG_BOX = ".has-error,.is-invalid,.field_with_errors,.ant-form-item-has-error,.form-group-error,.invalid,.error,.Mui-error,.el-form-item.is-error,.usa-form-group--error";
/** Their messages. */
const MESSAGE = ".invalid-feedback,.field-error,.error-message,.form-error,.help-block,.errorlist,.ant-form-item-explain-error,.el-form-item__error,.MuiFormHelperText-root.Mui-error,.formkit-message,.field-validation-error,.usa-error-message,.v-messages__message,.error,[role=alert]";
const WRONG_WORD = /err|invalid|alert|danger|fail|warn|\bbad\b|negative|critical/i;
const RIGHT_WORD = /success|positive|info\b|\bok\b|saved|\bgood\b/i;
/** How far up from a marked box its field may be. */
const NEAR = 3;

/** Does the element, by id, class or role, say that something is wrong? */
export function looksWrong(el: Element): boolean {
  const words = `${el.getAttribute("id")} ${el.getAttribute("class")} ${el.getAttribute("data-variant")} ${el.getAttribute("data-type")}`;
  return WRONG_WORD.test(words) && !RIGHT_WORD.test(words);
}

export function looksRight(el: Element): boolean {
  return RIGHT_WORD.test(el.getAttribute("class") ?? "");
}

export function visible(el: Element): boolean {
  return el.checkVisibility ? el.checkVisibility() : !!(el as HTMLElement).offsetParent;
}

/** The one field in or near a marked element. */
export function fieldNear(el: Element): Field | undefined {
  for (let box: Element | null = el, i = 0; box && i < NEAR; box = box.parentElement, i++) {
    const inside = box.matches(FIELD) ? [box] : box.querySelectorAll(FIELD);
    if (inside.length === 1) return inside[0] as Field;
    if (inside.length) return undefined;
  }
  return undefined;
}

/** What was typed in the fields around, so that a message that repeats it can be stripped. It goes nowhere. */
function typed(around: Element): string[] {
  const fields = around.matches(FIELD) ? [around] : [...around.querySelectorAll("input,textarea")].slice(0, 60);
  return fields.filter((el) => !/^(checkbox|radio|submit|button|hidden)$/.test((el as Field).type)).map((el) => (el as Field).value ?? "");
}

/** The words of a message, without what was typed in the field or form around it. */
export function messageText(words: Words, message: Element | null | undefined, around: Element): string {
  const values = typed(around);
  return tidy(withoutValues(words.of(message, LINE), values), LINE);
}

/** The elements a field names as its messages; of several descriptions those that look wrong, else the last. */
function named(field: Element): Element[] {
  const find = (list: string | null) => (list ?? "").split(/\s+/).flatMap((id) => (id && document.getElementById(id)) || []);
  const errors = find(field.getAttribute("aria-errormessage"));
  if (errors.length) return errors;
  const descriptions = find(field.getAttribute("aria-describedby")).filter(visible);
  const wrong = descriptions.filter((el) => looksWrong(el) || el.getAttribute("role") === "alert");
  return wrong.length ? wrong : descriptions.slice(-1);
}

/** The element that shows a field's message, if there is one. */
export function messageElement(field: Element): Element | undefined {
  const [first] = named(field);
  if (first) return first;
  for (let box = field.parentElement, i = 0; box && i < NEAR; box = box.parentElement, i++) {
    if (box.querySelectorAll(FIELD).length > 1) return undefined;
    const found = [...box.querySelectorAll(MESSAGE)].find((el) => el.textContent?.trim() && !el.contains(field) && visible(el));
    if (found) return found;
  }
  return undefined;
}

/** The browser's own objection. Those of its sentences that repeat or count what was typed are ours instead. */
export function nativeMessage(field: Field): string {
  const { validity } = field;
  if (!validity || validity.valid) return "";
  if (validity.customError || validity.valueMissing || validity.patternMismatch || validity.rangeOverflow || validity.rangeUnderflow) {
    const title = validity.patternMismatch && field.title ? " " + field.title : "";
    return tidy(withoutValues(field.validationMessage, typed(field)) + title, LINE);
  }
  if (validity.typeMismatch) return field.type === "url" ? "Enter a valid address (URL)." : "Enter a valid e-mail address.";
  if (validity.tooLong) return "This text is too long.";
  return validity.tooShort ? "This text is too short." : "Enter a valid value.";
}
