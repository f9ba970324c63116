import type { Describer } from "./describe";
import { FIELD } from "./fields";
import { LINE, ROUTE, SHORT } from "../core/limits";
import { tidy } from "../core/text";
import type { Body } from "./scene";

const HEADINGS = "h1,h2,[role=heading]";
const CONTROLS = `button,[role=button],[role=tab],[role=menuitem],${FIELD}`;
const DIALOG = "dialog[open],[role=dialog]:not([hidden]),[role=alertdialog]:not([hidden])";
const MOST_HEADINGS = 12;
const MOST_CONTROLS = 60;
/** Elements looked at for that; a page with more repeats itself. */
const MOST_READ = 80;

function unique(list: string[], most: number): string[] {
  return [...new Set(list)].filter(Boolean).slice(0, most);
}

function all(selector: string): Element[] {
  return [...document.querySelectorAll(selector)].slice(0, MOST_READ).filter((el) => !el.closest("[hidden],[aria-hidden=true],[inert]"));
}

/** What kind of place the page is: title, headings, names of its controls. Its text is not read. */
export function snapshot(describer: Describer, route: string, release: string): Omit<Extract<Body, { t: "page" }>, "how"> {
  const { words } = describer;
  const dialogs = all(DIALOG).filter((el) => el.tagName === "DIALOG" || el.getClientRects().length);
  const dialog = dialogs[dialogs.length - 1];
  return {
    t: "page",
    route,
    url: location.origin + tidy(location.pathname, ROUTE),
    title: tidy(document.title, LINE),
    headings: unique(all(HEADINGS).slice(0, MOST_HEADINGS * 2).map((el) => words.of(el, LINE)), MOST_HEADINGS),
    controls: unique(all(CONTROLS).map((el) => describer.label(el)), MOST_CONTROLS),
    dialog: dialog ? describer.label(dialog) || words.of(dialog.querySelector(HEADINGS), LINE) : "",
    lang: tidy(document.documentElement.lang, SHORT),
    release,
  };
}
