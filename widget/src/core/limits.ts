/** Lengths of the wire's strings (domain/element.py, domain/event.py), in UTF-16 units, which is never fewer. */
export const SHORT = 64;
export const LABEL = 160;
export const LINE = 512;
export const ROUTE = 256;
/** Entries of a flat record, and its size as JSON: with three bytes a character it still fits one frame. */
export const FACTS = 50;
export const FACTS_CHARS = 16_000;
