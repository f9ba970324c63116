// Prints the size of each built file, minified and gzipped at level 9, and fails above the budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { PARTS, STATIC } from "./build.mjs";

/** Bytes a visitor's first page load may cost: a tenth of the smallest comparable recorder's script. */
export const CORE_BUDGET = 12_000;
/** Of a normal visit: with the form sensors and the tooltip. The fallback is loaded when something fails. */
export const ALL_BUDGET = 21_000;

export function sizes() {
  const parts = Object.keys(PARTS).map((name) => {
    const bytes = readFileSync(join(STATIC, name));
    return { name, min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  });
  return { parts, core_gzip_bytes: parts[0].gzip, all_gzip_bytes: parts[0].gzip + parts[1].gzip + parts[2].gzip };
}

function main() {
  const { parts, core_gzip_bytes, all_gzip_bytes } = sizes();
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ parts, core_gzip_bytes, all_gzip_bytes }));
  } else {
    for (const { name, min, gzip } of parts) console.log(`${name.padEnd(20)} ${min} min  ${gzip} min+gzip`);
    console.log(`core ${core_gzip_bytes} of ${CORE_BUDGET}, all ${all_gzip_bytes} of ${ALL_BUDGET} bytes`);
  }
  if (core_gzip_bytes > CORE_BUDGET || all_gzip_bytes > ALL_BUDGET) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
