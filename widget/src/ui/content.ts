import type { Node as Told } from "../protocol.gen";
import { make } from "./build";

/** Kinds of node that become an element; every other kind becomes its text. */
const TAGS: Record<string, keyof HTMLElementTagNameMap> = {
  p: "p", h: "h3", ul: "ul", ol: "ol", li: "li", b: "b", i: "i", code: "code", pre: "pre", a: "a", br: "br",
};
/** Deeper trees than an article's lists in lists are cut. */
const DEEPEST = 10;

/** An address that may be opened: http(s), relative ones below the service's root. "" for any other. */
export function safeAddress(href: unknown, base: string): string {
  if (typeof href !== "string" || !href) return "";
  try {
    // "/help/x" means the service's root, which may be mounted under a prefix.
    const url = new URL(href.replace(/^\/(?!\/)/, ""), new URL("..", base));
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** A link that opens beside the page. */
export function link(href: string, children: readonly (Node | string)[]): HTMLAnchorElement {
  return make("a", "", children, { href, target: "_blank", rel: "noopener noreferrer" });
}

/** Draws an article's nodes. Whatever they contain ends up as text. */
export function draw(nodes: unknown, base: string, depth = 0): Node[] {
  if (!Array.isArray(nodes) || depth > DEEPEST) return [];
  return nodes.map((node: Told) => {
    const children = [...(typeof node?.t === "string" ? [node.t] : []), ...draw(node?.c, base, depth + 1)];
    const href = node?.k === "a" ? safeAddress(node.href, base) : "";
    if (href) return link(href, children);
    const tag = TAGS[String(node?.k)] ?? "span";
    return make(tag === "a" ? "span" : tag, "", children);
  });
}
