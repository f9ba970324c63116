import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { redact } from "../src/core/redact.gen";
import { oneLine, tidy } from "../src/core/text";
import { withoutValues } from "../src/forms/messages";

const golden = JSON.parse(readFileSync(join(WIDGET_ROOT, "../tests/data/redaction.json"), "utf8")) as { in: string; out: string }[];

test("redaction answers as the golden file says, which holds the server's twin too", () => {
  assert.ok(golden.length > 20);
  for (const { in: text, out } of golden) assert.equal(redact(text), out);
});

test("a string is redacted before it is cut, so no half of a card number stays", () => {
  const text = "x".repeat(150) + " 4242 4242 4242 4242";
  assert.equal(tidy(text, 160).includes("4242"), false);
});

test("control characters, line breaks and broken surrogate pairs leave one clean line", () => {
  assert.equal(oneLine("a\u0000b\n\n c\ud800", 20), "a b c");
  assert.equal(oneLine("ab😀", 3), "ab");
});

test("what the user typed is taken out of a message, short words stay", () => {
  assert.equal(withoutValues("“mara lindqvist” is taken in DE", ["mara lindqvist", "DE", ""]), "“…” is taken in DE");
});
