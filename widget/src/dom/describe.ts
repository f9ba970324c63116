import type { Element as Described } from "../protocol.gen";
import { hash } from "../core/hash";
import { LABEL, ROUTE, SHORT } from "../core/limits";
import { isId, routeOf } from "../core/route";
import { tidy } from "../core/text";
import type { Words } from "./words";

/** What a user operates. */
export const CONTROL =
  "a[href],button,input,select,textarea,summary,label,option,[contenteditable=''],[contenteditable=true]," +
  "[role=button],[role=link],[role=checkbox],[role=switch],[role=radio],[role=tab],[role=menuitem],[role=option],[role=combobox],[role=slider],[role=textbox],[onclick],[tabindex]:not([tabindex='-1'])";
export const FIELD = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]),select,textarea,[contenteditable=''],[contenteditable=true],[role=textbox],[role=combobox]";
export const FORM = "form,[role=form],dialog,[role=dialog]";

/** Fields whose content is secret even in its length. */
const SECRET = /pass|cc-|one-time|card|cvc|cvv|iban|\bpin\b|\botp\b|ssn|secret|token/i;
/** Ids that frameworks make up anew for each render. */
const MADE_UP = /\d{3,}|^:|[:«»]|radix|react|headlessui|mui-|ember|^_/;
const ROLES: Record<string, string> = {
  a: "link", button: "button", summary: "button", select: "combobox", textarea: "textbox", form: "form", dialog: "dialog",
  checkbox: "checkbox", radio: "radio", submit: "button", reset: "button", image: "button", range: "slider", number: "spinbutton", search: "searchbox",
};

export type Field = HTMLInputElement;

export function isField(el: Element | null): el is Field {
  return !!el?.matches(FIELD);
}

/** Passwords, payment data and one-time codes: of these not even the length is told. */
export function isSecret(el: Element): boolean {
  const { type = "", name = "", autocomplete = "" } = el as Field;
  return SECRET.test(`${type} ${autocomplete} ${name} ${el.id}`);
}

/** The form a control belongs to, or the dialog that stands for one. */
export function formOf(el: Element): Element | null {
  const form = (el as Field).form;
  return form instanceof Element ? form : el.closest(FORM);
}

function stableId(el: Element): string {
  // Not el.id: a form may hold a field named "id".
  const id = el.getAttribute("id");
  return id && !MADE_UP.test(id) ? id : "";
}

function testId(el: Element): string {
  return el.getAttribute("data-testid") || el.getAttribute("data-test") || "";
}

function nameOf(el: Element): string {
  return el.getAttribute("name") || "";
}

export function roleOf(el: Element): string {
  const tag = el.tagName.toLowerCase();
  const type = (el as Field).type;
  return el.getAttribute("role") || (tag === "input" ? ROLES[type] ?? "textbox" : ROLES[tag]) || "";
}

/** Rows of a table or list hold the same controls again and again: which row is it? */
function rowOf(el: Element): number {
  let row = el.closest("tr,li,[role=row],[role=listitem]");
  let place = 0;
  while (row && place < 200) {
    place++;
    row = row.previousElementSibling;
  }
  return place;
}

/** Where an element without any name stands: tags and places up to the nearest stable id. */
function path(el: Element): string {
  const steps: string[] = [];
  for (let node: Element | null = el; node && steps.length < 5; node = node.parentElement) {
    const id = stableId(node);
    if (id) {
      steps.unshift("#" + CSS.escape(id));
      break;
    }
    const { tagName, parentElement } = node;
    const twins = parentElement ? [...parentElement.children].filter((child) => child.tagName === tagName) : [];
    steps.unshift(tagName.toLowerCase() + (twins.length > 1 ? `:nth-of-type(${twins.indexOf(node) + 1})` : ""));
  }
  return steps.join(">");
}

function selectorOf(el: Element): string {
  const id = stableId(el);
  const name = nameOf(el);
  if (id) return "#" + CSS.escape(id);
  return name ? `${el.tagName.toLowerCase()}[name="${CSS.escape(name)}"]` : path(el);
}

/** Describes controls: what they are called, never what they hold. */
export class Describer {
  constructor(readonly words: Words) {}

  /** The name a user would call the control by. */
  label(el: Element): string {
    const { words } = this;
    if (words.masks.masked(el)) return "";
    const field = el as Field;
    const named = words.byIds(el, el.getAttribute("aria-labelledby"), LABEL) || tidy(el.getAttribute("aria-label"), LABEL);
    if (named) return named;
    if (/^(submit|button|reset)$/.test(field.type) && el.tagName === "INPUT") return tidy(field.value, LABEL);
    const label = field.labels?.[0];
    if (label) return words.of(label, LABEL);
    if (isField(el) || el.matches(FORM)) return tidy(el.getAttribute("title"), LABEL);
    return words.of(el, LABEL) || tidy(el.getAttribute("title") || el.querySelector("[alt]")?.getAttribute("alt") || el.querySelector("svg>title")?.textContent, LABEL);
  }

  /** The form's fingerprint: its id or name, or where it sends and which fields it has. */
  formPrint(form: Element): string {
    const own = testId(form) || stableId(form) || nameOf(form) || tidy(form.getAttribute("aria-label"), LABEL);
    const action = routeOf(form.getAttribute("action")?.split(/[?#]/)[0] ?? "");
    const fields = own ? "" : [...form.querySelectorAll("[name]")].slice(0, 6).map(nameOf).join();
    return hash(`form|${own}|${own ? "" : action}|${fields}`);
  }

  /** The description that travels. An element in a blocked region has none. */
  of(el: Element): Described | undefined {
    if (this.words.masks.blocked(el)) return undefined;
    const form = formOf(el);
    const isForm = el.matches(FORM);
    const role = roleOf(el);
    const label = this.label(el);
    const own = testId(el) || nameOf(el) || stableId(el);
    const choice = role === "radio" || role === "checkbox" ? label : "";
    const called = own ? own + choice : label || path(el);
    const around = form && form !== el ? this.formPrint(form) : "";
    const type = (el as Field).type;
    return {
      fp: isForm ? this.formPrint(el) : hash([role, called, around, rowOf(el)].join("|")),
      tag: el.tagName.toLowerCase().slice(0, SHORT),
      role: role.slice(0, SHORT),
      label,
      name: tidy(isId(nameOf(el)) ? "" : nameOf(el), SHORT),
      type: typeof type === "string" ? type.slice(0, SHORT) : "",
      form: around,
      selector: tidy(selectorOf(el), ROUTE),
    };
  }
}
