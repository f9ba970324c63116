import assert from "node:assert/strict";
import { test } from "node:test";
import tokens from "../tokens/tokens.json";

type Theme = Record<string, string>;

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const GROUNDS = ["bg", "surface", "raised", "sunken"];

for (const [name, theme] of Object.entries({ light: tokens.light as Theme, dark: tokens.dark as Theme })) {
  const atLeast = (fore: string, back: string, least: number) => {
    const ratio = contrast(theme[fore]!, theme[back]!);
    assert.ok(ratio >= least, `${name}: ${fore} on ${back} is ${ratio.toFixed(2)}, needs ${least}`);
  };

  test(`${name}: text can be read on every ground (4.5)`, () => {
    for (const ground of GROUNDS) for (const text of ["text", "muted", "accent", "good", "warn", "bad"]) atLeast(text, ground, 4.5);
    for (const state of ["accent", "accent-hover", "accent-press"]) atLeast("on-accent", state, 4.5);
    for (const tone of ["accent", "good", "warn", "bad"]) atLeast(tone, `${tone}-soft`, 4.5);
  });

  test(`${name}: a control's edge and the focus ring can be seen on every ground (3)`, () => {
    for (const ground of GROUNDS) for (const edge of ["edge", "accent"]) atLeast(edge, ground, 3);
  });
}

test("both themes name the same tokens", () => {
  assert.deepEqual(Object.keys(tokens.light), Object.keys(tokens.dark));
});
