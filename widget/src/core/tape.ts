import { MAX_QUEUE_BYTES } from "../protocol.gen";
import { makeQueue, type Queue } from "./queue";

/** What one document tells, and how far the server has it. resume: signed by the server, needed to go on elsewhere. */
export interface Tape {
  id: string;
  queue: Queue;
  resume: string;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Characters of a tape's name: 22 of 6 bits hold 128. */
const NAME_LENGTH = 22;

/** A tape under a new random name; `queue`: events that go on under it. */
export function freshTape(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array, queue = makeQueue(MAX_QUEUE_BYTES)): Tape {
  const id = Array.from(random(new Uint8Array(NAME_LENGTH)), (byte) => ALPHABET[byte & 63]).join("");
  return { id, queue, resume: "" };
}
