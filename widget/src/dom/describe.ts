import type { Element as Described } from "../protocol.gen";
import { hash } from "../core/hash";
import { LABEL, ROUTE, SHORT } from "../core/limits";
import { isId, routeOf } from "../core/route";
import { tidy } from "../core/text";
import { attribute, FIELD, type Field, FORM, formOf, isField } from "./fields";
import type { Words } from "./words";

const BUTTONS = /^(submit|button|reset|image)$/;
/** What a user operates. */
export const CONTROL = `a[href],button,input,summary,option,${FIELD},[onclick],[tabindex]:not([tabindex='-1']),` +
  "[role=button],[role=link],[role=checkbox],[role=switch],[role=radio],[role=tab],[role=menuitem],[role=option],[role=slider]";
/** Fields whose content is secret even in its length. */
const SECRET = /pass|cc-|one-time|card|cvc|cvv|iban|\bpin\b|\botp\b|ssn|secret|token/i;
/** Ids that frameworks make up anew for each render. */
const MADE_UP = /\d{3,}|[:«»]|radix|react|headlessui|mui-|ember|^_/;
const ROLES: Record<string, string> = {
  a: "link", button: "button", summary: "button", submit: "button", reset: "button", image: "button",
  select: "combobox", form: "form", dialog: "dialog", checkbox: "checkbox", radio: "radio", range: "slider",
};
/** Rows of one list that are told apart, and steps of a path. */
const MOST_ROWS = 200;
const MOST_STEPS = 5;

/** Passwords, payment data and one-time codes: of these not even the length is told. */
export function isSecret(el: Element): boolean {
  const { type, name, autocomplete, id } = el as Field;
  return SECRET.test([type, autocomplete, name, id].join(" "));
}

function stableId(el: Element): string {
  const id = attribute(el, "id");
  return MADE_UP.test(id) ? "" : id;
}

const tagOf = (el: Element) => el.tagName.toLowerCase();

/** The name a developer gave it, which outlives words and places. */
function given(el: Element): string {
  return attribute(el, "data-testid") || attribute(el, "name") || stableId(el);
}

function roleOf(el: Element): string {
  const tag = tagOf(el);
  const plain = tag === "input" ? ROLES[(el as Field).type] ?? "textbox" : tag === "textarea" ? "textbox" : ROLES[tag] ?? "";
  return (attribute(el, "role") || plain).slice(0, SHORT);
}

/** Rows of a table or list hold the same controls again and again: which row is it? */
function rowOf(el: Element): number {
  let place = 0;
  for (let row = el.closest("tr,li,[role=row],[role=listitem]"); row && place < MOST_ROWS; row = row.previousElementSibling) place++;
  return place;
}

/** Where an element stands: tags and places up to the nearest stable id. */
function path(el: Element): string {
  const steps: string[] = [];
  for (let node: Element | null = el; node && steps.length < MOST_STEPS; node = node.parentElement) {
    const id = stableId(node);
    const tag = tagOf(node);
    const twins = [...(node.parentElement?.children ?? [])].filter((twin) => tagOf(twin) === tag);
    steps.unshift(id ? "#" + CSS.escape(id) : twins.length > 1 ? `${tag}:nth-of-type(${twins.indexOf(node) + 1})` : tag);
    if (id) break;
  }
  return steps.join(">");
}

function selectorOf(el: Element): string {
  const name = attribute(el, "name");
  return !stableId(el) && name ? `${tagOf(el)}[name="${CSS.escape(name)}"]` : path(el);
}

/** The form's fingerprint: what it is called, or where it sends and which fields it has. */
function formPrint(form: Element): string {
  const fields = () => [...form.querySelectorAll("[name]")].slice(0, 6).map((el) => attribute(el, "name"));
  return hash("form|" + (given(form) || attribute(form, "aria-label") || routeOf(attribute(form, "action").split(/[?#]/)[0]!) + fields()));
}

/** Describes controls: what they are called, never what they hold. */
export interface Describer {
  readonly words: Words;
  /** The name a user would call the control by. */
  label(el: Element): string;
  /** The description that travels. An element in a blocked region has none. */
  of(el: Element): Described | undefined;
}

export function makeDescriber(words: Words): Describer {
  function label(el: Element): string {
    const { labels, type, value } = el as Field;
    const by = attribute(el, "aria-labelledby").split(" ").map((id) => id && words.of(document.getElementById(id), LABEL));
    const title = () => attribute(el, "title") || (el.querySelector("[alt]")?.getAttribute("alt") ?? el.querySelector("title")?.textContent);
    const name = by.join(" ").trim() || attribute(el, "aria-label") || (labels?.[0] && words.of(labels[0], LABEL)) ||
      // A button's value is its label; no other value is ever read.
      (el.tagName === "INPUT" && BUTTONS.test(type) ? value : isField(el) || el.matches(FORM) ? "" : words.of(el, LABEL)) || title();
    return words.masks.masked(el) ? "" : tidy(name, LABEL);
  }

  function of(el: Element): Described | undefined {
    if (words.masks.blocked(el)) return undefined;
    const form = formOf(el);
    const role = roleOf(el);
    const called = label(el);
    const own = given(el);
    const around = form && form !== el ? formPrint(form) : "";
    const choice = /radio|checkbox/.test(role) ? called : "";
    const name = attribute(el, "name");
    const { type } = el as Field;
    const told: Described = { fp: el.matches(FORM) ? formPrint(el) : hash([role, own ? own + choice : called || path(el), around, rowOf(el)].join("|")) };
    const more = {
      tag: tagOf(el).slice(0, SHORT), role, label: called, name: isId(name) ? "" : tidy(name, SHORT),
      type: typeof type === "string" ? type.slice(0, SHORT) : "", form: around, selector: tidy(selectorOf(el), ROUTE),
    };
    for (const [key, value] of Object.entries(more)) if (value) told[key as keyof Described] = value;
    return told;
  }

  return { words, label, of };
}
