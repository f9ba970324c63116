import { tidy } from "../core/text";
import type { Masks } from "./masks";

/** Never words of the page: code, pictures, and whatever a user may have typed or chosen. */
const SILENT = /^(script|style|noscript|template|svg|select|textarea|option|input|iframe|canvas|beforehand-tip)$/i;
/** Nodes read at most for one text: a label is short, and a careless "label" around a page must not cost. */
const MOST_NODES = 120;

export interface Words {
  readonly masks: Masks;
  /** The visible words inside `el`, redacted, at most `max` long; "" in a masked region. */
  of(el: Element | null | undefined, max: number): string;
  /** A string that may leave the browser: one line, redacted, at most `max` long. */
  tidy(text: string, max: number): string;
}

export function makeWords(masks: Masks): Words {
  const open = (el: Element) => !masks.masked(el) && !masks.blocked(el);

  function read(el: Element, parts: string[], room: { nodes: number; chars: number }): void {
    for (const node of el.childNodes) {
      if (--room.nodes < 0 || room.chars < 0) return;
      if (node instanceof Text) {
        parts.push(node.data.slice(0, room.chars));
        room.chars -= node.data.length;
      } else if (node instanceof HTMLElement && !SILENT.test(node.tagName) && !node.hidden && !node.isContentEditable && node.ariaHidden !== "true" && open(node)) {
        parts.push(" ");
        read(node, parts, room);
        parts.push(" ");
      }
    }
  }

  return {
    masks,
    tidy,
    of(el, max) {
      const parts: string[] = [];
      if (el && open(el)) read(el, parts, { nodes: MOST_NODES, chars: max * 2 });
      return tidy(parts.join(""), max);
    },
  };
}
