import type { Element as Described } from "../protocol.gen";

/** Elements of one kind looked through at most. */
const MOST = 400;

function all(selector: string): Element[] {
  try {
    return [...document.querySelectorAll(selector)].slice(0, MOST);
  } catch {
    return [];
  }
}

/**
 * The element that `anchor` describes: by fingerprint, or else one of the same role and form whose name, or whose
 * label, is the same. A hint alone (the selector) is never believed.
 */
export function findAnchor(anchor: Described, describe: (el: Element) => Described | undefined): Element | undefined {
  const hinted = anchor.selector ? all(anchor.selector) : [];
  const role = /^[a-z]+$/.test(anchor.role ?? "") ? `,[role=${anchor.role}]` : "";
  const kin = all((/^[a-z][a-z\d-]*$/.test(anchor.tag ?? "") ? anchor.tag! : "input") + role);
  let named: Element | undefined;
  for (const el of [...hinted, ...kin]) {
    const told = describe(el);
    if (told?.fp === anchor.fp) return el;
    if (!told || told.role !== anchor.role || told.form !== anchor.form) continue;
    if (anchor.name ? told.name === anchor.name : anchor.label && told.label === anchor.label) named ??= el;
  }
  return named;
}

/** What the eye should be led to: of a form its button. */
export function visualAnchor(el: Element): Element {
  return (el.matches("form,dialog,[role=form],[role=dialog]") && el.querySelector("[type=submit],button:not([type])")) || el;
}
