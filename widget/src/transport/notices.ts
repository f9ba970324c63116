/** What a developer is told, once, by the name of the problem. Lazy: a page where all is well loads no word of it. */
const NOTICES: Record<string, (detail: string) => string> = {
  method: (name) => `there is no method "${name}".`,
  early: (name) => `${name} was called before init.`,
  init: () => "init was called again; call destroy first.",
  tags: () => "this page has more than one script tag; the first one counts.",
  track: () => "track(name) needs a name.",
  consent: () => "consent(value) takes granted, pending or denied.",
  facts: (name) => `"${name}" was left out: values are short text, numbers, booleans or null.`,
  selector: (text) => `data-mask, data-unmask or data-block is not a CSS selector: ${text}`,
  token: (text) => `the user token (data-token, or identify({token})) was refused: ${text} The user stays anonymous; give a new token with identify({token}).`,
  refused: (text) => `off on this page, the service refused it. ${text}`,
};

export function notice(code: string, detail: string): string {
  return NOTICES[code]?.(detail) ?? `${code} ${detail}`;
}

/** Prints how things stand, for the developer who asked; gives it back with the origin the service sees. */
export function report(state: object): object {
  const full = { origin: location.origin, ...state };
  console.info("Beforehand:", full);
  return full;
}
