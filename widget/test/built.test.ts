import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { safeAddress } from "../src/ui/content";

function run(script: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(WIDGET_ROOT, "scripts", script), ...args], { encoding: "utf8" });
}

test("the committed files are what src/ and tokens/ build", () => {
  for (const script of ["build.mjs", "tokens.mjs"]) {
    const { status, stderr } = run(script, "--check");
    assert.equal(status, 0, stderr);
  }
});

test("the script stays within its budget", (t) => {
  const { status, stdout } = run("size.mjs");
  t.diagnostic(stdout.trim());
  assert.equal(status, 0, stdout);
});

test("no import cycle, and core/ knows no DOM", () => {
  const { status, stderr } = run("cycles.mjs");
  assert.equal(status, 0, stderr);
});

test("the built files import nothing statically and hold none of what a strict policy forbids", () => {
  const folder = join(WIDGET_ROOT, "../server/beforehand/adapters/web/static");
  for (const name of ["widget.js", "widget-forms.js", "widget-tooltip.js", "fallback.js"]) {
    const code = readFileSync(join(folder, name), "utf8");
    assert.doesNotMatch(code, /\bimport\s*[{"'*]|\bfrom\s*["']/, name);
    assert.doesNotMatch(code, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|createObjectURL|cssText|setAttribute\("style"/, name);
  }
});

test("links of an article go to http(s) addresses or below the service, and nowhere else", () => {
  const base = "https://help.example/beforehand/v1/";
  assert.equal(safeAddress("/help/vat", base), "https://help.example/beforehand/help/vat");
  assert.equal(safeAddress("help/vat#eu", base), "https://help.example/beforehand/help/vat#eu");
  assert.equal(safeAddress("https://example.org/a", base), "https://example.org/a");
  for (const bad of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "", null, 4]) {
    assert.equal(safeAddress(bad, base), "", String(bad));
  }
});
