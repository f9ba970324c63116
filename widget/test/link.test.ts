import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { makeQueue } from "../src/core/queue";
import type { Tape } from "../src/core/tape";
import { type Link, type LinkHost, makeLink } from "../src/transport/link";

type Frame = { type: string; first?: number; last?: number; events?: { seq: number }[] };

/** A socket that a test opens, answers and cuts; `arrival` resolves with the next frame. */
class Socket {
  static all: Socket[] = [];
  static made: ((socket: Socket) => void) | undefined;
  readyState = 0;
  sent: Frame[] = [];
  onopen = () => {};
  onclose = () => {};
  onmessage = (_event: { data: string }) => {};
  private _waiting: ((frame: Frame) => void)[] = [];
  private _read = 0;

  constructor(readonly url: string, readonly protocol: string) {
    Socket.all.push(this);
    Socket.made?.(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Frame);
    this._waiting.shift()?.(this.sent[this._read++]!);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen();
  }

  say(frame: object): void {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  next(): Promise<Frame> {
    if (this._read < this.sent.length) return Promise.resolve(this.sent[this._read++]!);
    return new Promise((resolve) => this._waiting.push(resolve));
  }
}

const welcome = (mark = 0, more = {}) => ({ type: "welcome", visitor: "v", resume: "r", session: "s", mark, ...more });
let tape: Tape;
let link: Link;
let heard: string[];
let refusals: string[];

function made(): Promise<Socket> {
  return new Promise((resolve) => (Socket.made = resolve));
}

function begin(): Socket {
  const host: LinkHost = {
    tape: () => tape,
    hello: () => JSON.stringify({ type: "hello", tape: tape.id, next: tape.queue.first }),
    frame: ({ type }) => void heard.push(type),
    refused: (code) => void refusals.push(code),
    renew: () => (tape = { ...tape, id: "renewed", resume: "" }),
  };
  link = makeLink({ base: "https://service.example/v1/", key: "pk_a&b" }, host);
  link.start();
  return Socket.all[0]!;
}

async function greeted(mark = 0, more = {}): Promise<Socket> {
  const socket = begin();
  socket.open();
  assert.equal((await socket.next()).type, "hello");
  socket.say(welcome(mark, more));
  return socket;
}

beforeEach(() => {
  Socket.all = [];
  Socket.made = undefined;
  heard = [];
  refusals = [];
  tape = { id: "t1", resume: "", queue: makeQueue(2_000) };
  (globalThis as { WebSocket: unknown }).WebSocket = Socket;
});
afterEach(() => link.stop());

test("hello goes first, events only after the welcome, each number once, and an ack frees them", async () => {
  tape.queue.push({ t: "a" });
  const socket = begin();
  assert.equal(socket.url, "wss://service.example/v1/socket?key=pk_a%26b");
  assert.equal(socket.protocol, "beforehand.v1");
  socket.open();
  link.flush(true);
  assert.deepEqual(socket.sent.map(({ type }) => type), ["hello"]);
  await socket.next();
  socket.say(welcome());
  const first = await socket.next();
  assert.deepEqual([first.type, first.first, first.events?.length], ["events", 1, 1]);
  tape.queue.push({ t: "b" });
  link.flush(true);
  assert.equal((await socket.next()).first, 2);
  socket.say({ type: "ack", mark: 2 });
  assert.equal(tape.queue.first, 3);
});

test("after a reconnect it goes on from the server's mark", async () => {
  const socket = await greeted();
  for (let i = 0; i < 3; i++) tape.queue.push({ t: "a" });
  link.flush(true);
  await socket.next();
  const again = made();
  socket.onclose();
  const second = await again;
  second.open();
  await second.next();
  second.say(welcome(2));
  const batch = await second.next();
  assert.deepEqual([batch.first, batch.events?.map(({ seq }) => seq)], [3, [3]]);
});

test("a gap is answered from the expected number", async () => {
  const socket = await greeted();
  for (let i = 0; i < 4; i++) tape.queue.push({ t: "a" });
  link.flush(true);
  assert.equal((await socket.next()).first, 1);
  socket.say({ type: "error", code: "gap", sentence: "", expected: 2 });
  assert.equal((await socket.next()).first, 2);
});

test("numbers that were dropped from a full queue are said to be", async () => {
  for (let i = 0; i < 60; i++) tape.queue.push({ t: "event", pad: "x".repeat(80) });
  const { first } = tape.queue;
  assert.ok(first > 1);
  const socket = await greeted();
  assert.deepEqual(await socket.next(), { type: "dropped", first: 1, last: first - 1, count: first - 1 });
  assert.equal((await socket.next()).first, first);
});

test("a batch that the server cannot take is skipped, not repeated", async () => {
  const socket = await greeted();
  tape.queue.push({ t: "odd" });
  link.flush(true);
  await socket.next();
  socket.say({ type: "error", code: "invalid", sentence: "" });
  assert.equal((await socket.next()).type, "dropped");
  tape.queue.push({ t: "good" });
  link.flush(true);
  assert.equal((await socket.next()).first, 2);
});

test("urgent events leave within 50 ms, others within the server's time", async () => {
  const socket = await greeted(0, { flush_ms: 300 });
  // The welcome asked for a flush at once; let it pass.
  tape.queue.push({ t: "first" });
  await socket.next();
  let began = performance.now();
  tape.queue.push({ t: "plain" });
  link.flush();
  await socket.next();
  const plain = performance.now() - began;
  assert.ok(plain > 200 && plain < 1_000, `${plain}`);
  await new Promise((done) => setTimeout(done, 60));
  began = performance.now();
  tape.queue.push({ t: "urgent" });
  link.flush();
  link.flush(true);
  await socket.next();
  assert.ok(performance.now() - began < 50);
});

test("goaway closes and comes back after the time it names", async () => {
  const socket = await greeted();
  const again = made();
  const began = performance.now();
  socket.say({ type: "goaway", retry_after: 0.2, jitter: 0 });
  assert.equal(socket.readyState, 3);
  assert.equal(link.status(), "waiting");
  await again;
  assert.ok(performance.now() - began >= 190);
});

test("a tape the server will not take up goes on under another name, with its numbers", async () => {
  const socket = await greeted(4);
  tape.queue.push({ t: "a" });
  const again = made();
  socket.say({ type: "error", code: "bad_resume", sentence: "", fatal: true });
  const second = await again;
  second.open();
  assert.deepEqual(await second.next(), { type: "hello", tape: "renewed", next: 5 });
});

test("a final refusal ends it: said once, never tried again", async () => {
  const socket = await greeted();
  socket.say({ type: "error", code: "wrong_origin", sentence: "No.", fatal: true });
  link.start();
  link.flush(true);
  assert.deepEqual(refusals, ["wrong_origin"]);
  assert.equal(link.status(), "refused");
  assert.equal(Socket.all.length, 1);
});

test("what is told while not connected is dropped, as the hello carries the state", async () => {
  const socket = begin();
  link.tell({ type: "suppress", on: true });
  socket.open();
  await socket.next();
  socket.say(welcome());
  link.tell({ type: "suppress", on: false });
  assert.equal((await socket.next()).type, "suppress");
});
