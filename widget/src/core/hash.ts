/** FNV-1a over UTF-16 units from a chosen offset basis, 32 bits. */
function fnv(text: string, basis: number): number {
  for (let i = 0; i < text.length; i++) basis = Math.imul(basis ^ text.charCodeAt(i), 0x01000193);
  return basis >>> 0;
}

/** A short name (up to 14 letters) for a longer description; no secret, the same in every browser. */
export function hash(text: string): string {
  return fnv(text, 0x811c9dc5).toString(36) + fnv(text + "\n" + text.length, 0x050c5d1f).toString(36);
}
