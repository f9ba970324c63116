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
export class Store {
  private readonly _prefix: string;
  private _memory = new Map<string, string>();

  constructor(key: string, private readonly _allowed: () => boolean) {
    this._prefix = `beforehand.${key}.`;
  }

  get(name: string): string {
    return this._try((storage) => storage.getItem(this._prefix + name)) ?? this._memory.get(name) ?? "";
  }

  /** Stores `value` ("" removes); true if it will outlive the document. `allowed`: even without consent. */
  set(name: string, value: string, allowed = !value || this._allowed()): boolean {
    this._memory.set(name, value);
    const done = allowed && this._try((storage) => {
      if (value) storage.setItem(this._prefix + name, value);
      else storage.removeItem(this._prefix + name);
      return true;
    });
    return !!done;
  }

  names(): string[] {
    const { length } = this._prefix;
    return this._try((storage) => Object.keys(storage).flatMap((name) => (name.startsWith(this._prefix) ? name.slice(length) : []))) ?? [];
  }

  /** Forgets everything. */
  clear(): void {
    for (const name of this.names()) this.set(name, "");
    this._memory.clear();
  }

  /** Keeps a tape's unacknowledged events for a later document; false if they would be lost with this one. */
  keep({ id, resume, queue }: Tape): boolean {
    const all = queue.slice(0, Infinity, MAX_QUEUE_BYTES);
    if (!all) return true;
    const head = JSON.stringify({ id, resume, saved: Date.now(), page: Math.round(performance.now()) });
    return this.set(TAPE + id, head.slice(0, -1) + `,"events":${all.json}}`);
  }

  done({ id }: Pick<Tape, "id">): void {
    this.set(TAPE + id, "");
  }

  private _try<T>(use: (storage: Storage) => T): T | undefined {
    try {
      return use(localStorage);
    } catch {
      return undefined;
    }
  }
}
