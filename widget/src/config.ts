export type Theme = "auto" | "light" | "dark";

/** The tag's attributes, or what init() was given; `base` ends in "/v1/". */
export interface Config {
  base: string;
  key: string;
  consent: "required" | "";
  token: string;
  locale: string;
  theme: Theme;
  privacySignals: "ignore" | "";
  mask: string;
  unmask: string;
  block: string;
  release: string;
  debug: boolean;
}

/** currentScript is null in modules, so the tag is found by what it is. */
const TAG = 'script[data-key][src*="/v1/widget.js"]';

export function tags(): HTMLScriptElement[] {
  return [...document.querySelectorAll<HTMLScriptElement>(TAG)];
}

/** Where the tag's script came from: ".../v1/". */
export function baseOf(src: string): string {
  return new URL(".", src).href;
}

/** A tag's attributes as a configuration; options (of init) win. */
export function configure(tag: HTMLScriptElement | undefined, options: Partial<Config> & { origin?: string } = {}): Config {
  const { dataset } = tag ?? document.createElement("script");
  const { origin, ...rest } = options;
  return {
    base: origin ? new URL("v1/", origin.replace(/\/*$/, "/")).href : tag ? baseOf(tag.src) : "",
    key: dataset.key ?? "",
    consent: dataset.consent === "required" ? "required" : "",
    token: dataset.token ?? "",
    locale: dataset.locale ?? "",
    theme: (dataset.theme ?? "auto") as Theme,
    privacySignals: dataset.privacySignals === "ignore" ? "ignore" : "",
    mask: dataset.mask ?? "",
    unmask: dataset.unmask ?? "",
    block: dataset.block ?? "",
    release: dataset.release ?? "",
    debug: "debug" in dataset,
    ...rest,
  };
}

/** "gpc" and "dnt", as the browser sets them. */
export function privacySignals(): string[] {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return [...(globalPrivacyControl ? ["gpc"] : []), ...(doNotTrack === "1" ? ["dnt"] : [])];
}
