export type Theme = "auto" | "light" | "dark";

/** The tag's data attributes by their names, or what init() was given instead. */
export interface Options {
  key?: string;
  consent?: string;
  token?: string;
  locale?: string;
  theme?: string;
  privacySignals?: string;
  mask?: string;
  unmask?: string;
  block?: string;
  release?: string;
  debug?: string | boolean;
  manual?: string;
  /** The service's address, where there is no tag. */
  origin?: string;
}

/** base: of the service, ending in "/v1/". */
export interface Config extends Options {
  base: string;
  key: string;
}

/** currentScript is null in modules, so the tag is found by what it is. */
export function tags(): HTMLScriptElement[] {
  return [...document.querySelectorAll<HTMLScriptElement>('script[data-key][src*="/v1/widget.js"]')];
}

/** The tag's attributes as a configuration; options (of init) win. */
export function configure(tag: HTMLScriptElement | undefined, options?: Options): Config {
  const given = { key: "", ...tag?.dataset, ...options } as Options & { key: string };
  const { origin } = given;
  return { ...given, base: origin ? origin.replace(/\/*$/, "/v1/") : tag ? new URL(".", tag.src).href : "" };
}

/** "gpc" and "dnt", as the browser sets them. */
export function privacySignals(): string[] {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return [globalPrivacyControl && "gpc", doNotTrack === "1" && "dnt"].filter((signal) => typeof signal === "string");
}
