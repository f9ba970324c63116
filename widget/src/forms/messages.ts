import { LINE } from "../core/limits";
import { attribute, FIELD, type Field } from "../dom/fields";
import type { Words } from "../dom/words";

/** Marks that toolkits put on a wrong field or the box around it, and on the message inside. */
export const WRONG_BOX = "[class*=error i],[class*=invalid i],[class*=danger i]";
const MESSAGE = `${WRONG_BOX},.help-block,[role=alert]`;
const WRONG_WORD = /err|invalid|alert|danger|fail|warn|\bbad\b|negative/i;
const RIGHT_WORD = /success|positive|info\b|\bok\b|saved|\bgood\b/i;
/** How far up from a marked element its field, or from a field its message, may be. */
const NEAR = 3;

const marks = (el: Element) => attribute(el, "id") + " " + attribute(el, "class");

/** Does the element, by id or class, say that something is wrong? That it is well? */
export function looksWrong(el: Element): boolean {
  return WRONG_WORD.test(marks(el)) && !looksRight(el);
}

export function looksRight(el: Element): boolean {
  return RIGHT_WORD.test(marks(el));
}

export function visible(el: Element): boolean {
  return el.checkVisibility ? el.checkVisibility() : !!el.getClientRects().length;
}

/** Elements around `el`, itself first, while there is at most one field in them. */
function boxes(el: Element | null): Element[] {
  const found: Element[] = [];
  for (; el && found.length < NEAR && el.querySelectorAll(FIELD).length < 2; el = el.parentElement) found.push(el);
  return found;
}

/** The one field in or near a marked element. */
export function fieldNear(el: Element): Field | undefined {
  for (const box of boxes(el)) {
    const field = box.matches(FIELD) ? box : box.querySelector(FIELD);
    if (field) return field as Field;
  }
  return undefined;
}

/** Takes what the user typed out of a message, whole; words shorter than 3 letters stay readable. */
export function withoutValues(message: string, values: readonly string[]): string {
  for (const value of values) if (value.length > 2) message = message.split(value).join("…");
  return message;
}

/** The words of a message, without what was typed in the fields around it; that is read here and goes nowhere. */
export function messageText(words: Words, message: Element | null | undefined, around: Element): string {
  return withoutValues(words.of(message, LINE), typed(around));
}

function typed(around: Element): string[] {
  const fields = around.matches(FIELD) ? [around] : [...around.querySelectorAll("input,textarea")].slice(0, 60);
  return fields.map((el) => (/^(checkbox|radio|submit|button|hidden)$/.test((el as Field).type) ? "" : (el as Field).value ?? ""));
}

/** The element that shows a field's message: one that the field names, or a marked one beside it. */
export function messageElement(field: Element): Element | undefined {
  const named = (name: string) =>
    attribute(field, name).split(" ").flatMap((id) => (id && document.getElementById(id)) || []).filter(visible);
  const descriptions = named("aria-describedby");
  const told = named("aria-errormessage")[0] ?? descriptions.find((el) => looksWrong(el) || el.matches("[role=alert]")) ?? descriptions.pop();
  if (told) return told;
  return boxes(field.parentElement).flatMap((box) => [...box.querySelectorAll(MESSAGE)])
    .find((el) => el.textContent?.trim() && !el.matches(FIELD) && !el.querySelector(FIELD) && visible(el));
}

/** The browser's own objection. Those of its sentences that repeat or count what was typed are ours instead. */
export function nativeMessage(words: Words, field: Field): string {
  const { validity: is, type, title, validationMessage } = field;
  if (!is || is.valid) return "";
  if (is.typeMismatch) return type === "url" ? "Enter a valid web address." : "Enter a valid e-mail address.";
  if (is.tooLong) return "This text is too long.";
  if (is.tooShort) return "This text is too short.";
  if (is.badInput || is.stepMismatch) return "Enter a valid value.";
  return words.tidy(withoutValues(`${validationMessage} ${is.patternMismatch ? title : ""}`, typed(field)), LINE);
}
