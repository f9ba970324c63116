import type { Context } from "../protocol.gen";
import { FACTS, FACTS_CHARS, LINE, SHORT } from "./limits";
import { tidy } from "./text";

/** A flat record the site gives. */
export type Facts = Context["entries"];

/** Numbers of 15 digits and more are treated as text, on the server too: payment cards have 15 or 16, times in ms 13. */
const LONG_NUMBER = 1e14;

function scalar(value: unknown): string | number | boolean | null | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    return Math.abs(value) < LONG_NUMBER ? value : tidy(String(value), LINE);
  }
  if (typeof value === "string") return tidy(value, LINE);
  return value instanceof Date && Number.isFinite(+value) ? value.toISOString() : undefined;
}

/** A site's record as the wire takes it: flat, redacted, bounded. `lost` is told the name of each entry left out. */
export function facts(record: unknown, lost: (name: string) => void): Facts {
  const out: Facts = {};
  let room = FACTS_CHARS;
  let count = 0;
  for (const [name, raw] of Object.entries((record ?? {}) as object)) {
    const key = tidy(name, SHORT);
    const value = scalar(raw);
    room -= key.length + (typeof value === "string" ? value.length : SHORT);
    if (value === undefined || !key || room < 0 || ++count > FACTS) lost(key);
    else out[key] = value;
  }
  return out;
}
