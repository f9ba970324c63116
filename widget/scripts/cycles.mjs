// Fails on an import cycle in src/, and on a file of core/ that reaches out of core/ or names the DOM.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const src = join(dirname(fileURLToPath(import.meta.url)), "../src");
const IMPORT = /(?:import|export)\s[^;]*?from\s+"(\.[^"]+)"/g;
const DOM_WORDS = /\b(document|window|navigator|localStorage|sessionStorage|HTMLElement|querySelector)\b/;

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : entry.name.endsWith(".ts") ? [join(folder, entry.name)] : [],
  );
}

function importsOf(file) {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(IMPORT)].map((match) => resolve(dirname(file), match[1]) + ".ts");
}

const graph = new Map(files(src).map((file) => [file, importsOf(file)]));
const problems = [];
const state = new Map();

function visit(file, trail) {
  if (state.get(file) === "done") return;
  if (state.get(file) === "open") {
    const loop = trail.slice(trail.indexOf(file)).concat(file).map((path) => relative(src, path));
    problems.push(`import cycle: ${loop.join(" -> ")}`);
    return;
  }
  state.set(file, "open");
  if (!graph.has(file)) problems.push(`no such file: ${relative(src, file)}`);
  for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
  state.set(file, "done");
}

for (const file of graph.keys()) {
  visit(file, []);
  const name = relative(src, file);
  if (!name.startsWith("core/")) continue;
  for (const target of graph.get(file)) {
    const other = relative(src, target);
    if (!other.startsWith("core/") && other !== "protocol.gen.ts") problems.push(`${name} imports ${other}: core/ knows core/ alone`);
  }
  const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const word = DOM_WORDS.exec(code);
  if (word) problems.push(`${name} names ${word[1]}: core/ knows no DOM`);
}

for (const problem of problems) console.error(problem);
if (problems.length) process.exitCode = 1;
else console.log(`${graph.size} files, no import cycle, core/ without DOM`);
