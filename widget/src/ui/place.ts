import { computePosition, flip, type Placement, type Platform, type Rect } from "@floating-ui/core";

/** Room between the field and the tip, which holds the arrow; and between the tip and the window's edge. */
const GAP = 14;
const EDGE = 8;
/** Where the arrow stands on a long side. */
const ARROW_AT = 28;
/** Half the arrow's width. */
const ARROW = 6;
/** A message farther from its field than this is no part of it. */
const NEAR = 48;
/** Up to this width the tip is as wide as the form. */
const PHONE = 520;
const NARROWEST = 240;

const size = (el: HTMLElement) => ({ width: el.offsetWidth, height: el.offsetHeight });
const view = (): Rect => ({ x: 0, y: 0, width: document.documentElement.clientWidth, height: innerHeight });

/** The tip lies in the top layer and is fixed: only the window clips it. */
const platform: Platform = {
  getElementRects: ({ reference, floating }) => ({ reference: reference as Rect, floating: { x: 0, y: 0, ...size(floating as HTMLElement) } }),
  getDimensions: (el) => size(el as HTMLElement),
  getClippingRect: view,
};

/** The field with its message where that is near, and the gap around them: what the tip must not touch. */
function around(field: DOMRect, message: DOMRect | undefined): Rect {
  const near = message?.height && message.top - field.bottom < NEAR && field.top - message.bottom < NEAR;
  const other = near ? message : field;
  const x = Math.min(field.left, other.left) - GAP;
  const y = Math.min(field.top, other.top) - GAP;
  return { x, y, width: Math.max(field.right, other.right) + GAP - x, height: Math.max(field.bottom, other.bottom) + GAP - y };
}

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

/**
 * Puts `tip` beside the field and its message, covering neither: at the end of the line, else before it, below,
 * above; at a button and on phones below it, there as wide as the form. False if the field is out of view.
 */
export async function place(tip: HTMLElement, arrow: HTMLElement, field: Element, message: Element | undefined, rtl: boolean): Promise<boolean> {
  const spot = field.getBoundingClientRect();
  const { width: wide, height: high } = view();
  if (!spot.width || spot.bottom < 0 || spot.top > high || spot.right < 0 || spot.left > wide) return false;
  const ref = around(spot, message?.getBoundingClientRect());
  const phone = wide <= PHONE;
  const form = phone ? field.closest("form")?.getBoundingClientRect() : undefined;
  tip.style.inlineSize = form ? `${clamp(form.width, NARROWEST, wide - 2 * EDGE)}px` : "";
  const line: Placement[] = rtl ? ["left-start", "right-start"] : ["right-start", "left-start"];
  const below: Placement[] = ["bottom-start", "top-start"];
  // Beside a button there are more buttons; beside a field there is room.
  const [placement, ...others] = phone ? below : /^(input|select|textarea)$/i.test(field.tagName) ? [...line, ...below] : [...below, ...line];
  const found = await computePosition(ref, tip, {
    platform,
    strategy: "fixed",
    placement: placement!,
    middleware: [flip({ fallbackPlacements: others, crossAxis: false, padding: EDGE })],
  });
  const side = found.placement.split("-")[0]!;
  const beside = side === "left" || side === "right";
  const { width, height } = size(tip);
  const along = form ? form.left : rtl ? spot.right - width : spot.left;
  const x = beside ? found.x : clamp(along, EDGE, wide - width - EDGE);
  const y = beside ? clamp(found.y, EDGE, high - height - EDGE) : found.y;
  tip.style.transform = `translate(${Math.round(x)}px,${Math.round(y)}px)`;
  tip.dataset.side = side;
  const lead = Math.min(spot.width / 2, ARROW_AT);
  const at = beside ? spot.top + spot.height / 2 - y : (rtl ? spot.right - lead : spot.left + lead) - x;
  arrow.style.left = beside ? "" : `${clamp(at, 2 * ARROW, width - 2 * ARROW) - ARROW}px`;
  arrow.style.top = beside ? `${clamp(at, 2 * ARROW, height - 2 * ARROW) - ARROW}px` : "";
  return true;
}
