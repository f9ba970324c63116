/** Below this share of white a ground counts as dark. */
const DARK = 0.4;

/** The tip takes the theme of the ground its field lies on; a page may be dark by class, not by the system's wish. */
export function themeAt(el: Element, theme: string): "light" | "dark" {
  if (theme === "light" || theme === "dark") return theme;
  for (let at: Element | null = el.parentElement; at; at = at.parentElement) {
    const [r, g, b, a = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (a > 0.5 && b !== undefined) return (0.3 * r! + 0.6 * g! + 0.1 * b) / 255 < DARK ? "dark" : "light";
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme.includes("dark") && matchMedia("(prefers-color-scheme:dark)").matches ? "dark" : "light";
}
