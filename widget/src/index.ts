import { Client, type Consent } from "./client";
import { type Config, configure, tags, type Theme } from "./config";

type Options = Partial<Config> & { origin?: string };
type Call = readonly unknown[];
type Global = ((...args: unknown[]) => unknown) & { q?: Call[] | { push(call: Call): unknown } } & Record<string, unknown>;

const page = window as unknown as { Beforehand?: Global & { live?: boolean } };
let client: Client | undefined;
const early = new Set<string>();

/** Warns once while there is no client yet to remember it. */
function warn(once: string, sentence: string): void {
  if (client) client.warn(once, sentence);
  else if (!early.has(once)) {
    early.add(once);
    console.warn("Beforehand: " + sentence);
  }
}

function init(options: Options = {}): void {
  if (client) return warn("init", "init was called again; call destroy first.");
  const config = configure(tags()[0], options);
  if (!config.key || !config.base) return warn("key", 'no key: give the script tag data-key="pk_...", or init({key, origin}).');
  client = new Client(config);
}

type Method = (client: Client, ...args: never[]) => unknown;
const METHODS: Record<string, Method> = {
  identify: (it, who: string | { token?: string }, traits?: object) => it.identify(who, traits),
  group: (it, id: string, traits?: object) => it.group(id, traits),
  page: (it, name?: string, props?: object) => it.page(name, props),
  track: (it, name: string, props?: object) => it.track(name, props),
  setContext: (it, entries: object) => it.setContext(entries),
  reset: (it) => it.reset(),
  consent(it, value: Consent | boolean) {
    const known = value === true ? "granted" : value === false ? "denied" : value;
    if (/^(granted|pending|denied)$/.test(known)) it.setConsent(known);
    else it.warn("consent", "consent(value) takes granted, pending or denied.");
  },
  suppress: (it, on?: boolean) => it.suppress(on),
  on: (it, name: string, listener: (detail: unknown) => void) => it.on(name, listener),
  off: (it, name: string, listener?: (detail: unknown) => void) => it.events.off(name, listener),
  ready: (it, listener: (detail: unknown) => void) => it.on("ready", listener),
  setLocale: (it, locale: string) => it.setLocale(locale),
  setTheme: (it, theme: Theme) => it.setTheme(theme),
  debug(it) {
    const state = it.debug();
    console.info("Beforehand:", state);
    return state;
  },
  destroy(it) {
    it.destroy();
    client = undefined;
  },
};

/** Every call from the page ends here: nothing is thrown into it. */
function call(name: unknown, ...args: unknown[]): unknown {
  try {
    if (name === "init") return init(args[0] as Options);
    const method = METHODS[String(name)];
    if (!method) return warn("method." + String(name), `there is no method "${String(name)}".`);
    if (client) return method(client, ...(args as never[]));
    warn("early." + String(name), `${String(name)} was called before init.`);
  } catch (error) {
    client?.caught(error);
  }
  return undefined;
}

function install(): void {
  const queued = (page.Beforehand?.q ?? []) as Call[];
  const api = ((...args: unknown[]) => call(args[0], ...args.slice(1))) as Global & { live?: boolean };
  for (const name of ["init", ...Object.keys(METHODS)]) api[name] = (...args: unknown[]) => call(name, ...args);
  // Code that kept the stub goes on pushing to its queue.
  api.q = { push: (late: Call) => call(...(Array.from(late) as [unknown])) };
  api.live = true;
  page.Beforehand = api;
  if (tags().length > 1) warn("twice", "this page has more than one script tag; the first one counts.");
  const tag = tags()[0];
  // A queued init brings options of its own; the tag's attributes stand behind them.
  const own = Array.from(queued).some(([name]) => name === "init");
  if (tag && !own && !("manual" in tag.dataset)) call("init");
  for (const args of Array.from(queued)) call(...(Array.from(args) as [unknown]));
}

if (page.Beforehand?.live) console.warn("Beforehand: the widget was loaded twice; the second one stays quiet.");
else {
  try {
    install();
  } catch {
    // A page without what we need (crypto, Proxy-less browsers) simply has no help.
  }
}
