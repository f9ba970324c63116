import { type Client, makeClient } from "./client";
import { type Config, configure, type Options, tags } from "./config";
import { noticer } from "./transport/notice";

type Call = readonly unknown[];
type Global = ((...call: unknown[]) => unknown) & { q?: Call[] | { push(call: Call): unknown }; live?: boolean } & Record<string, unknown>;

const page = window as unknown as { Beforehand?: Global };
let config: Config = configure(tags()[0]);
const notice = noticer(() => config.base);
let client: Client = makeClient(config, notice);
let running = false;

function init(options?: Options): void {
  if (running) return notice("init");
  config = configure(tags()[0], options);
  if (!config.key || !config.base) return console.warn('Beforehand: no key. Give the script tag data-key="pk_...", or call init({key, origin}).');
  running = true;
  client = makeClient(config, notice);
  client.start();
}

const methods: Record<string, (...args: never[]) => unknown> = { init };
for (const name of Object.keys(client.methods)) {
  methods[name] = (...args) => (running ? (client.methods[name as keyof Client["methods"]] as (...args: never[]) => unknown)(...args) : notice("early", name));
}
methods.destroy = () => {
  if (running) client.destroy();
  running = false;
};

/** Every call from the page ends here: nothing is thrown into it. */
function call(name: unknown, ...args: unknown[]): unknown {
  try {
    const method = Object.hasOwn(methods, String(name)) && methods[String(name)];
    return method ? method(...(args as never[])) : notice("method", String(name));
  } catch (error) {
    return client.caught(error);
  }
}

function install(): void {
  const queued = Array.from((page.Beforehand?.q ?? []) as Call[], (args) => Array.from(args));
  const api = ((...args: unknown[]) => call(...(args as [unknown]))) as Global;
  for (const name of Object.keys(methods)) api[name] = (...args: unknown[]) => call(name, ...args);
  // Code that kept the stub goes on pushing to its queue.
  api.q = { push: (late: Call) => call(...(Array.from(late) as [unknown])) };
  api.live = true;
  page.Beforehand = api;
  if (tags()[1]) notice("tags");
  // A queued init brings options of its own; the tag's attributes stand behind them.
  if (config.key && config.manual === undefined && !queued.some(([name]) => name === "init")) init();
  for (const args of queued) call(...(args as [unknown]));
}

if (page.Beforehand?.live) console.warn("Beforehand: the widget was loaded twice; the second one stays quiet.");
else {
  try {
    install();
  } catch {
    // A browser without what we need simply has no help.
  }
}
