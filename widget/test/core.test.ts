import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backoff } from "../src/core/backoff";
import { bursts } from "../src/core/burst";
import { makeEmitter } from "../src/core/emitter";
import { facts } from "../src/core/facts";
import { hash } from "../src/core/hash";
import { makeQueue } from "../src/core/queue";
import { routeOf } from "../src/core/route";
import { freshTape } from "../src/core/tape";
import { VERSION } from "../src/core/version";

test("a queue numbers from 1 without a hole and forgets what is acknowledged", () => {
  const queue = makeQueue(1_000);
  assert.deepEqual([queue.push({ t: "a" }), queue.push({ t: "b" }), queue.push({ t: "c" })], [1, 2, 3]);
  queue.ack(2);
  assert.deepEqual([queue.first, queue.next], [3, 4]);
  assert.deepEqual(queue.slice(1, 10, 1_000), { first: 3, last: 3, json: '[{"t":"c","seq":3}]' });
  queue.ack(1);
  assert.equal(queue.first, 3);
});

test("a full queue drops its oldest events and says so through first", () => {
  const queue = makeQueue(100);
  for (let i = 0; i < 50; i++) queue.push({ t: "event", pad: "12345" });
  assert.equal(queue.next, 51);
  assert.ok(queue.first > 45);
  const all = queue.slice(0, 99, 10_000);
  assert.equal(all?.last, 50);
  assert.equal(all?.first, queue.first);
});

test("a batch holds at most so many events and characters, but one at least", () => {
  const queue = makeQueue(10_000);
  for (let i = 0; i < 9; i++) queue.push({ t: "x".repeat(90) });
  assert.equal(queue.slice(1, 3, 10_000)?.last, 3);
  assert.equal(queue.slice(4, 99, 250)?.last, 5);
  assert.equal(queue.slice(4, 99, 1)?.last, 4);
  assert.equal(queue.slice(10, 99, 10_000), undefined);
});

test("a queue that goes on from another document keeps its numbers", () => {
  const queue = makeQueue(10_000, 41);
  assert.equal(queue.push({ t: "a" }), 41);
  queue.ack(60);
  assert.equal(queue.push({ t: "b" }), 61);
});

test("a tape's name is 22 letters of base64url", () => {
  const { id } = freshTape((bytes) => bytes.map((_, i) => (i * 37) % 256));
  assert.match(id, /^[A-Za-z0-9_-]{22}$/);
});

test("routes lose ids and queries, and keep the names of places", () => {
  const cases: [string, string, string][] = [
    ["/invoices/414/edit", "", "/invoices/:id/edit"],
    ["/invoices/2026-0418", "", "/invoices/:id"],
    ["/projects/new/basics/", "", "/projects/new/basics"],
    ["/api/v1/oauth2/step2", "", "/api/v1/oauth2/step2"],
    ["/u/6f1c2ab9-77aa-4c1e-9b2f-1f2e3d4c5b6a", "", "/u/:id"],
    ["/t/" + "k".repeat(40), "", "/t/:id"],
    ["/people/mara@tallybrook.example", "", "/people/:id"],
    ["/app", "#/invoices/12?tab=3", "/app#/invoices/:id"],
    ["/help", "#section-3", "/help"],
    ["/", "", "/"],
  ];
  for (const [path, fragment, route] of cases) assert.equal(routeOf(path, fragment), route);
});

test("a site's record is made flat, redacted and bounded, and what is left out is named", () => {
  const lost: string[] = [];
  const record = { plan: "Team", seats: 4, trial: false, gone: null, mail: "mara@tallybrook.example", deep: { a: 1 }, nan: NaN };
  assert.deepEqual(facts(record, (name) => lost.push(name)), { plan: "Team", seats: 4, trial: false, gone: null, mail: "[email]" });
  assert.deepEqual(lost, ["deep", "nan"]);
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => ["k" + i, i]));
  assert.equal(Object.keys(facts(many, () => {})).length, 50);
  assert.deepEqual(facts(undefined, () => {}), {});
  const numbers = { card: 4242424242424242, when: 1795521600000, huge: 1e20, none: Infinity };
  assert.deepEqual(facts(numbers, () => {}), { card: "[card]", when: 1795521600000, huge: "[number]" });
});

test("three clicks on one element within a second are a burst, on others or later they are none", () => {
  const click = bursts();
  assert.deepEqual([click("a", 0), click("a", 400), click("a", 800), click("a", 1_300)], [false, false, true, true]);
  assert.deepEqual([click("b", 1_400), click("b", 1_500), click("a", 1_550), click("b", 1_600)], [false, false, false, false]);
  assert.deepEqual([click("c", 0), click("c", 600), click("c", 1_200)], [false, false, false]);
});

test("waits double up to half a minute and differ between pages", () => {
  assert.equal(backoff(1, 1), 500);
  assert.equal(backoff(1, 0), 250);
  assert.equal(backoff(4, 1), 4_000);
  assert.equal(backoff(30, 1), 30_000);
});

test("a listener that throws is reported and the others still hear", () => {
  const failed: unknown[] = [];
  const heard: unknown[] = [];
  const emitter = makeEmitter((error) => failed.push(error));
  const second = (detail: unknown) => heard.push(detail);
  emitter.on("ready", () => {
    throw new Error("host");
  });
  emitter.on("ready", second);
  emitter.emit("ready", 1);
  emitter.off("ready", second);
  emitter.emit("ready", 2);
  assert.equal(failed.length, 2);
  assert.deepEqual(heard, [1]);
  emitter.off("ready");
  emitter.emit("ready", 3);
  assert.equal(failed.length, 2);
});

test("fingerprints are stable names that differ with the description", () => {
  assert.equal(hash("button|save|f1|0"), hash("button|save|f1|0"));
  const seen = new Set(Array.from({ length: 20_000 }, (_, i) => hash("button|save|" + i)));
  assert.equal(seen.size, 20_000);
  for (const fp of seen) assert.ok(fp.length <= 14);
});

test("the version that is told is the package's", () => {
  const { version } = JSON.parse(readFileSync(join(WIDGET_ROOT, "package.json"), "utf8")) as { version: string };
  assert.equal(VERSION, version);
});
