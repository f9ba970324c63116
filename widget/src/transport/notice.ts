import type * as Fallback from "./fallback";
import { part } from "./part";

export type Notice = (code: string, detail?: string) => void;

/** Warns in the console, each problem once. The words are loaded when there is something to say. */
export function noticer(base: () => string): Notice {
  const said = new Set<string>();
  return (code, detail = "") => {
    if (said.has(code + detail)) return;
    said.add(code + detail);
    const say = (words: string) => console.warn("Beforehand: " + words);
    part<typeof Fallback>(base(), "fallback").then(
      ({ notice }) => say(notice(code, detail)),
      () => say(`${code} ${detail}`),
    );
  };
}
