// Builds the served files: one ES module per part, no static import, no hash in the name.
// `node scripts/build.mjs --check` builds into memory and fails if a committed file differs.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "terser";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const STATIC = join(root, "../server/beforehand/adapters/web/static");
export const PARTS = { "widget.js": "src/index.ts", "widget-forms.js": "src/forms/validation.ts", "widget-tooltip.js": "src/ui/tooltip.ts", "fallback.js": "src/transport/fallback.ts" };

export async function bundle(entry) {
  const result = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    // Names of private members in one object are shortened too: they begin with an underscore.
    mangleProps: /^_[a-z]/,
    write: false,
  });
  // esbuild bundles; terser finds another twentieth.
  const { code } = await minify(result.outputFiles[0].text, {
    module: true,
    toplevel: true,
    ecma: 2020,
    compress: { passes: 3, pure_getters: true, unsafe_arrows: true, keep_fargs: false },
    format: { comments: false },
  });
  return code;
}

async function main(check) {
  mkdirSync(STATIC, { recursive: true });
  for (const [name, entry] of Object.entries(PARTS)) {
    const text = await bundle(entry);
    const path = join(STATIC, name);
    const same = existsSync(path) && readFileSync(path, "utf8") === text;
    if (check && !same) {
      console.error(`${name} is not what src/ builds: run npm run build and commit the result`);
      process.exitCode = 1;
    }
    if (!check && !same) writeFileSync(path, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes("--check"));
