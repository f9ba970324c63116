/** The widget's own words; one catalogue a language. */
const en = {
  close: "Close",
  show: "Show me",
  later: "Not now",
  why: "Why this?",
  help: "Help: ",
};

export type Strings = typeof en;

/** The catalogue for a BCP 47 locale; English where there is none. */
export function stringsFor(_locale: string): Strings {
  return en;
}
