/** Room around the field and its message, which holds the arrow; and between the tip and the window's edge. */
const GAP = 14;
const EDGE = 8;
/** Where the arrow stands on a long side; half its width. */
const ARROW_AT = 28;
const ARROW = 6;
/** A message farther from its field than this is no part of it. */
const NEAR = 48;
/** Up to this width the tip is as wide as the form. */
const PHONE = 520;
const NARROWEST = 240;

type Side = "left" | "right" | "top" | "bottom";

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

/** The field with its message where that is near, and the gap around them: what the tip must not touch. */
function around(field: DOMRect, message: DOMRect | undefined): { left: number; top: number; right: number; bottom: number } {
  const near = message?.height && message.top - field.bottom < NEAR && field.top - message.bottom < NEAR;
  const other = near ? message : field;
  return {
    left: Math.min(field.left, other.left) - GAP,
    top: Math.min(field.top, other.top) - GAP,
    right: Math.max(field.right, other.right) + GAP,
    bottom: Math.max(field.bottom, other.bottom) + GAP,
  };
}

/** In which order sides are tried. Beside a button there are more buttons; beside a field there is room. */
function sides(field: Element, phone: boolean, rtl: boolean): Side[] {
  const line: Side[] = rtl ? ["left", "right"] : ["right", "left"];
  if (phone) return ["bottom", "top"];
  return /^(input|select|textarea)$/i.test(field.tagName) ? [...line, "bottom", "top"] : ["bottom", "top", ...line];
}

/**
 * Puts `tip` beside the field and its message, covering neither: at the end of the line, else before it, below,
 * above; at a button and on phones below it, there as wide as the form. Where no side has room it takes the one
 * that lacks least. The tip is fixed in the top layer, so only the window clips it. False if the field is out of view.
 */
export function place(tip: HTMLElement, arrow: HTMLElement, field: Element, message: Element | undefined, rtl: boolean): boolean {
  const spot = field.getBoundingClientRect();
  const { clientWidth: wide } = document.documentElement;
  const high = innerHeight;
  if (!spot.width || spot.bottom < 0 || spot.top > high || spot.right < 0 || spot.left > wide) return false;
  const ref = around(spot, message?.getBoundingClientRect());
  const phone = wide <= PHONE;
  const form = phone ? field.closest("form")?.getBoundingClientRect() : undefined;
  tip.style.inlineSize = form ? `${clamp(form.width, NARROWEST, wide - 2 * EDGE)}px` : "";
  const { offsetWidth: width, offsetHeight: height } = tip;
  const lacks: Record<Side, number> = {
    right: ref.right + width + EDGE - wide,
    left: width + EDGE - ref.left,
    bottom: ref.bottom + height + EDGE - high,
    top: height + EDGE - ref.top,
  };
  const order = sides(field, phone, rtl);
  const side = order.find((at) => lacks[at] <= 0) ?? order.reduce((best, at) => (lacks[at] < lacks[best] ? at : best));
  const beside = side === "left" || side === "right";
  const along = form ? form.left : rtl ? spot.right - width : spot.left;
  const x = beside ? (side === "left" ? ref.left - width : ref.right) : clamp(along, EDGE, wide - width - EDGE);
  const y = beside ? clamp(ref.top, EDGE, high - height - EDGE) : side === "top" ? ref.top - height : ref.bottom;
  tip.style.transform = `translate(${Math.round(x)}px,${Math.round(y)}px)`;
  tip.dataset.side = side;
  const lead = Math.min(spot.width / 2, ARROW_AT);
  const at = beside ? spot.top + spot.height / 2 - y : (rtl ? spot.right - lead : spot.left + lead) - x;
  arrow.style.left = beside ? "" : `${clamp(at, 4 * ARROW, width - 4 * ARROW) - ARROW}px`;
  arrow.style.top = beside ? `${clamp(at, 4 * ARROW, height - 4 * ARROW) - ARROW}px` : "";
  return true;
}
