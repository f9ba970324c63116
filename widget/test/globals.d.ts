// The little of Node that the tests use. Node's own types would replace the browser's setTimeout, also in src/.

/** Set by scripts/test.mjs: the widget's folder. */
declare const WIDGET_ROOT: string;
declare const process: { execPath: string };

declare module "node:test" {
  interface Context {
    diagnostic(text: string): void;
  }
  export function test(name: string, run: (context: Context) => void | Promise<void>): void;
  export function beforeEach(run: () => void | Promise<void>): void;
  export function afterEach(run: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  const assert: {
    ok(value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    match(text: string, pattern: RegExp, message?: string): void;
    doesNotMatch(text: string, pattern: RegExp, message?: string): void;
  };
  export default assert;
}

declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
}

declare module "node:path" {
  export function join(...parts: string[]): string;
}

declare module "node:child_process" {
  interface Run {
    status: number | null;
    stdout: string;
    stderr: string;
  }
  export function spawnSync(command: string, args: string[], options: { encoding: "utf8" }): Run;
}
