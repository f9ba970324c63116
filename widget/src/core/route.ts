import { ROUTE } from "./limits";
import { tidy } from "./text";

const SOME_DIGITS = /(?:\D*\d){4}/;
const HEX = /^(?=.*\d)[\da-f-]{8,}$/i;
/** Longer path segments are tokens or titles, not names of places. */
const LONGEST_WORD = 32;

/** Does a path segment name one record rather than a place? "414", "2026-0418", UUIDs, tokens; not "v1", "step2". */
export function isId(segment: string): boolean {
  return (
    /^\d+$/.test(segment) || HEX.test(segment) || SOME_DIGITS.test(segment) ||
    segment.length > LONGEST_WORD || /[@%]/.test(segment)
  );
}

function template(path: string): string {
  return path.split("/").map((segment) => (isId(segment) ? ":id" : segment)).join("/");
}

/** The route template of an address: ids replaced, no query; a hash counts only where it is a route ("#/a/b"). */
export function routeOf(pathname: string, fragment = ""): string {
  const inner = /^#!?\//.test(fragment) ? template(fragment.split("?")[0] ?? "") : "";
  const path = template(pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname);
  return tidy(path + inner, ROUTE) || "/";
}
