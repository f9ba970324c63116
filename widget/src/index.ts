import { type Client, makeClient } from "./client";
import { type Config, configure, tags } from "./config";
import { noticer } from "./transport/notice";

type Options = Partial<Config> & { origin?: string };
type Call = readonly unknown[];
type Global = ((...call: unknown[]) => unknown) & { q?: Call[] | { push(call: Call): unknown }; live?: boolean } & Record<string, unknown>;

const METHODS = ["init", "identify", "group", "page", "track", "setContext", "reset", "consent", "suppress", "on", "off", "ready", "setLocale", "setTheme", "debug", "destroy"];

const page = window as unknown as { Beforehand?: Global };
let client: Client | undefined;
let config = configure(tags()[0]);
const notice = noticer(() => config.base);

function init(options: Options = {}): void {
  if (client) return notice("init");
  config = configure(tags()[0], options);
  if (config.key && config.base) client = makeClient(config, notice);
  else console.warn('Beforehand: no key. Give the script tag data-key="pk_...", or call init({key, origin}).');
}

/** Every call from the page ends here: nothing is thrown into it. */
function call(name: unknown, ...args: unknown[]): unknown {
  try {
    if (!METHODS.includes(String(name))) notice("method", String(name));
    else if (name === "init") init(args[0] as Options);
    else if (!client) notice("early", String(name));
    else {
      const told = (client[name as keyof Client] as (...args: unknown[]) => unknown)(...args);
      if (name === "destroy") client = undefined;
      return told;
    }
  } catch (error) {
    client?.caught(error);
  }
  return undefined;
}

function install(): void {
  const queued = Array.from((page.Beforehand?.q ?? []) as Call[], (args) => Array.from(args));
  const api = ((...args: unknown[]) => call(...(args as [unknown]))) as Global;
  for (const name of METHODS) api[name] = (...args: unknown[]) => call(name, ...args);
  // Code that kept the stub goes on pushing to its queue.
  api.q = { push: (late: Call) => call(...(Array.from(late) as [unknown])) };
  api.live = true;
  page.Beforehand = api;
  const [tag, second] = tags();
  if (second) notice("tags");
  // A queued init brings options of its own; the tag's attributes stand behind them.
  if (tag && !queued.some(([name]) => name === "init") && !("manual" in tag.dataset)) init();
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
