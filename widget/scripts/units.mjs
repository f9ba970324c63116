// Bundles each test file (TypeScript needs no run-time support then) and runs them with node's own runner.
import { build } from "esbuild";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = mkdtempSync(join(tmpdir(), "widget-test-"));
const names = readdirSync(join(root, "test")).filter((name) => name.endsWith(".test.ts"));
// `node --test` without files would look for some, find this script, and start it again without end.
if (!names.length) throw new Error("test: there are no *.test.ts files");
await build({
  entryPoints: names.map((name) => join(root, "test", name)),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node18",
  outdir: out,
  outExtension: { ".js": ".mjs" },
  define: { WIDGET_ROOT: JSON.stringify(root) },
  external: ["esbuild"],
  logLevel: "error",
});
const run = spawnSync(process.execPath, ["--test", ...names.map((name) => join(out, name.replace(/\.ts$/, ".mjs")))], { stdio: "inherit", cwd: root });
rmSync(out, { recursive: true });
process.exitCode = run.status ?? 1;
