const ICONS: Record<string, string> = {
  close: "M6 6l12 12M18 6L6 18",
  book: "M12 7c-1.6-1.4-4-2-8-2v13c4 0 6.4.6 8 2 1.6-1.4 4-2 8-2V5c-4 0-6.4.6-8 2zM12 7v13",
};
const SVG = "http://www.w3.org/2000/svg";

/** An element with a class, children (strings become text) and attributes; the only way anything is drawn. */
export function make<T extends keyof HTMLElementTagNameMap>(
  tag: T, className: string, children: readonly (Node | string)[] = [], attributes: Record<string, string> = {},
): HTMLElementTagNameMap[T] {
  const el = document.createElement(tag);
  if (className) el.className = className;
  for (const [name, value] of Object.entries(attributes)) if (value) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

/** A line icon, silent to screen readers. */
export function icon(name: keyof typeof ICONS): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name] ?? "");
  svg.append(path);
  return svg;
}
