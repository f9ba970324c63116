import { computePosition, flip, offset, type Placement, type Platform, type Rect, shift } from "@floating-ui/core";

/** Room between the field and the tip, which holds the arrow; and between the tip and the window's edge. */
const GAP = 14;
const EDGE = 8;
/** Where the arrow stands on a long side. */
const ARROW_AT = 28;
const ARROW = 12;
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

function around(field: DOMRect, message: DOMRect | undefined): DOMRect {
  const near = message && message.height && message.top - field.bottom < NEAR && field.top - message.bottom < NEAR;
  if (!near) return field;
  const x = Math.min(field.left, message.left);
  const y = Math.min(field.top, message.top);
  return new DOMRect(x, y, Math.max(field.right, message.right) - x, Math.max(field.bottom, message.bottom) - y);
}

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

/**
 * Puts `tip` beside the field and its message, covering neither: at the end of the line, else before it, below,
 * above; on phones below and as wide as the form. False if the field is out of view.
 */
export async function place(tip: HTMLElement, arrow: HTMLElement, field: Element, message: Element | undefined, rtl: boolean): Promise<boolean> {
  const spot = field.getBoundingClientRect();
  const ref = around(spot, message?.getBoundingClientRect());
  const window = view();
  if (!spot.width || spot.bottom < 0 || spot.top > window.height || spot.right < 0 || spot.left > window.width) return false;
  const phone = window.width <= PHONE;
  const form = field.closest("form")?.getBoundingClientRect();
  tip.style.inlineSize = phone ? `${clamp(form?.width ?? 0, NARROWEST, window.width - 2 * EDGE)}px` : "";
  if (phone && form) Object.assign(ref, { x: form.x, width: form.width });
  const sides: Placement[] = phone ? ["bottom-start", "top-start"] :
    rtl ? ["left-start", "right-start", "bottom-start", "top-start"] : ["right-start", "left-start", "bottom-start", "top-start"];
  const { x, y, placement } = await computePosition(ref, tip, {
    platform,
    strategy: "fixed",
    placement: sides[0]!,
    middleware: [
      offset(({ placement: at }) => ({ mainAxis: GAP, crossAxis: /^(left|right)/.test(at) ? -16 : 0 })),
      flip({ fallbackPlacements: sides.slice(1), crossAxis: false, padding: EDGE }),
      shift({ padding: EDGE }),
    ],
  });
  const side = placement.split("-")[0]!;
  const beside = side === "left" || side === "right";
  const { width, height } = size(tip);
  tip.style.transform = `translate(${Math.round(x)}px,${Math.round(y)}px)`;
  tip.dataset.side = side;
  const lead = rtl ? spot.right - Math.min(spot.width / 2, ARROW_AT) : spot.left + Math.min(spot.width / 2, ARROW_AT);
  arrow.style.left = beside ? "" : `${clamp(lead - x - ARROW / 2, ARROW, width - 2 * ARROW)}px`;
  arrow.style.top = beside ? `${clamp(spot.top + spot.height / 2 - y - ARROW / 2, ARROW, height - 2 * ARROW)}px` : "";
  return true;
}
