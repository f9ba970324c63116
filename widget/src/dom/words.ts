import { tidy } from "../core/text";
import type { Masks } from "./masks";

/** Never words of the page: code, pictures, and whatever a user may have typed or chosen. */
const SILENT = /^(script|style|noscript|template|svg|select|textarea|option|input|iframe|canvas)$/i;
/** Nodes read at most for one text: a label is short, and a careless "label" around a page must not cost. */
const MOST_NODES = 120;

export class Words {
  constructor(readonly masks: Masks) {}

  /** The visible words inside `el`, redacted, at most `max` long; "" in a masked region. */
  of(el: Element | null | undefined, max: number): string {
    if (!el || this.masks.masked(el) || this.masks.blocked(el)) return "";
    const parts: string[] = [];
    this._read(el, parts, { nodes: MOST_NODES, chars: max * 2 });
    return tidy(parts.join(""), max);
  }

  /** The words of the elements whose ids `list` names. */
  byIds(el: Element, list: string | null, max: number): string {
    const root = el.getRootNode() as Document | ShadowRoot;
    const texts = (list ?? "").split(/\s+/).map((id) => id && this.of(root.getElementById?.(id), max));
    return tidy(texts.join(" "), max);
  }

  private _read(el: Element, parts: string[], room: { nodes: number; chars: number }): void {
    for (const node of el.childNodes) {
      if (--room.nodes < 0 || room.chars < 0) return;
      if (node.nodeType === 3) {
        const text = (node as Text).data;
        parts.push(text.length > room.chars ? text.slice(0, room.chars) : text);
        room.chars -= text.length;
      } else if (node.nodeType === 1 && this._speaks(node as HTMLElement)) {
        parts.push(" ");
        this._read(node as Element, parts, room);
        parts.push(" ");
      }
    }
  }

  private _speaks(el: HTMLElement): boolean {
    return (
      !SILENT.test(el.tagName) && !el.hidden && !el.isContentEditable && el.ariaHidden !== "true" &&
      !this.masks.masked(el) && !this.masks.blocked(el)
    );
  }
}
