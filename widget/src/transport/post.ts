import { LONG_POLL_S, type ServerFrame } from "../protocol.gen";
import { body } from "./frames";
import { type Service, url, type Wire, type WireEvents } from "./wire";

/** Kept before anything (the page or we ourselves) wraps it. */
const fetch = globalThis.fetch?.bind(globalThis);

/** Frames in one body: PostIn allows 50. */
const MOST_FRAMES = 40;

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
  let waiting: string[] = [];
  let posting = false;
  let polling = false;
  let greeted = false;

  const fail = () => {
    if (abort.signal.aborted) return;
    abort.abort();
    events.closed();
  };
  const take = (frames: ServerFrame[]) => frames.forEach((frame) => abort.signal.aborted || events.frame(frame));

  async function post(): Promise<void> {
    posting = true;
    while (waiting.length && !abort.signal.aborted) {
      const frames = waiting.splice(0, MOST_FRAMES);
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
      take(await exchange(service, [hello()], LONG_POLL_S, abort.signal));
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
