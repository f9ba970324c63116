import { redact } from "./redact.gen";

/** How much more text than will be kept is read before redaction: a pattern must not be cut in half. */
const READ_AHEAD = 200;

const UNFIT = /[\0-\x1f\x7f\u2028\u2029\s]+/g;
/** Half of a surrogate pair: no valid text, and refused by JSON decoders. */
const HALVES = /\p{Surrogate}/gu;

/** One line of at most `max` UTF-16 units: control characters and runs of space become one space. */
export function oneLine(text: string, max: number): string {
  return text.slice(0, max).replace(UNFIT, " ").replace(HALVES, "").trim();
}

/** A string that may leave the browser: one line, redacted, at most `max` UTF-16 units. */
export function tidy(text: string | null | undefined, max: number): string {
  return text ? oneLine(redact(oneLine(text, max + READ_AHEAD)), max) : "";
}
