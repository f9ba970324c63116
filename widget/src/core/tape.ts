import { MAX_QUEUE_BYTES } from "../protocol.gen";
import { Queue } from "./queue";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Characters of a tape's name: 22 of 6 bits hold 128. */
const NAME_LENGTH = 22;

/** A tape's name from `NAME_LENGTH` random bytes. */
export function tapeName(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte & 63]).join("");
}

/** What one document tells, and how far the server has it. */
export class Tape {
  readonly queue = new Queue(MAX_QUEUE_BYTES);
  /** Signed by the server, needed to go on with this tape on another connection. */
  resume = "";

  constructor(readonly id: string) {}

  static fresh(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): Tape {
    return new Tape(tapeName(random(new Uint8Array(NAME_LENGTH))));
  }
}
