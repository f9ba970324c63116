import { LONG_POLL_S, type ServerFrame } from "../protocol.gen";
import { BATCH_CHARS, body } from "./frames";
import { type Service, url, type Wire, type WireEvents } from "./wire";

/** Kept before anything (the page or we ourselves) wraps it. */
const fetch = globalThis.fetch?.bind(globalThis);

/** A poll that comes back sooner brought something; the next one still waits so long, lest it spin. */
const POLL_PAUSE_MS = 500;

/** A plain request without cookies; text/plain needs no preflight. */
export function request(service: Service, path: string, body?: string, signal?: AbortSignal): Promise<Response> {
  return fetch(url(service, path), {
    method: body ? "POST" : "GET",
    headers: body ? { "Content-Type": "text/plain" } : {},
    body: body ?? null,
    credentials: "omit",
    cache: "no-store",
    signal: signal ?? null,
  });
}

/** Sends frames by POST; the frames the server answers with. Rejects when it cannot be reached or is not itself. */
export async function exchange(service: Service, frames: readonly string[], wait = 0, signal?: AbortSignal): Promise<ServerFrame[]> {
  const answer = await request(service, "post", body(frames, wait), signal);
  const read = (await answer.json()) as { frames?: ServerFrame[] };
  if (!read.frames) throw new Error(`POST answered ${answer.status}`);
  return read.frames;
}

/** The same frames by POST, for networks that let no WebSocket through: one post at a time, and a long poll beside it. */
export function openPost(service: Service, hello: () => string, events: WireEvents): Wire {
  const abort = new AbortController();
  const waiting: string[] = [];
  let posting = false;
  let polling = false;
  let greeted = false;

  const fail = () => {
    if (abort.signal.aborted) return;
    abort.abort();
    events.closed();
  };
  const take = (frames: ServerFrame[]) => frames.forEach((frame) => abort.signal.aborted || events.frame(frame));

  /** As many of the waiting frames as one body may hold, one at least. */
  function fitting(): string[] {
    let room = BATCH_CHARS;
    const rest = waiting.findIndex((frame, i) => (room -= frame.length) < 0 && i > 0);
    return waiting.splice(0, rest < 0 ? waiting.length : rest);
  }

  async function post(): Promise<void> {
    posting = true;
    while (waiting.length && !abort.signal.aborted) {
      const frames = fitting();
      // The first frame ever is the hello itself; later posts begin with a hello of their own.
      take(await exchange(service, greeted ? [hello(), ...frames] : frames, 0, abort.signal));
      greeted = true;
    }
    posting = false;
    if (!polling) poll().catch(fail);
  }

  async function poll(): Promise<void> {
    polling = true;
    while (!abort.signal.aborted && document.visibilityState === "visible") {
      const began = Date.now();
      take(await exchange(service, [hello()], LONG_POLL_S, abort.signal));
      if (Date.now() - began < POLL_PAUSE_MS) await new Promise((done) => setTimeout(done, POLL_PAUSE_MS));
    }
    polling = false;
  }

  const seen = () => greeted && !polling && poll().catch(fail);
  document.addEventListener("visibilitychange", seen, { signal: abort.signal });
  setTimeout(events.open);
  return {
    send(frame) {
      waiting.push(frame);
      if (!posting) queueMicrotask(() => posting || post().catch(fail));
    },
    close: () => abort.abort(),
  };
}
