import { MAX_QUEUE_BYTES } from "../protocol.gen";
import type { Tape } from "../core/tape";

/** Begins the names under which tapes of other documents are kept. */
export const TAPE = "tape.";

/** A kept tape; page: its page time at `saved`, to date the events later. */
export interface Kept {
  id: string;
  resume: string;
  saved: number;
  page: number;
  events: { seq: number }[];
}

/** What we keep in the browser, under the public key. A storage that throws, or no consent, leaves memory. */
export interface Store {
  get(name: string): string;
  /** Stores `value` ("" removes); true if it will outlive the document. `allowed`: even without consent. */
  set(name: string, value: string, allowed?: boolean): boolean;
  names(): string[];
  clear(): void;
  /** Keeps a tape's unacknowledged events for a later document; false if they would be lost with this one. */
  keep(tape: Tape): boolean;
  done(tape: Tape): void;
}

export function makeStore(key: string, consented: () => boolean): Store {
  const prefix = `beforehand.${key}.`;
  const memory: Record<string, string> = {};

  function attempt<T>(use: (storage: Storage) => T): T | undefined {
    try {
      return use(localStorage);
    } catch {
      return undefined;
    }
  }

  const names = () => attempt((storage) => Object.keys(storage).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))) ?? [];

  function set(name: string, value: string, allowed = !value || consented()): boolean {
    memory[name] = value;
    return !!allowed && !!attempt((storage) => {
      if (value) storage.setItem(prefix + name, value);
      else storage.removeItem(prefix + name);
      return true;
    });
  }

  return {
    get: (name) => attempt((storage) => storage.getItem(prefix + name)) ?? memory[name] ?? "",
    set,
    names,
    clear: () => [...names(), ...Object.keys(memory)].forEach((name) => set(name, "")),
    keep({ id, resume, queue }) {
      const all = queue.slice(0, Infinity, MAX_QUEUE_BYTES);
      const head = JSON.stringify({ id, resume, saved: Date.now(), page: Math.round(performance.now()) });
      return !all || set(TAPE + id, head.slice(0, -1) + `,"events":${all.json}}`);
    },
    done: ({ id }) => void set(TAPE + id, ""),
  };
}
