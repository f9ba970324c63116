/** What a user fills in; typed as an input, whose properties the others share or lack. */
export type Field = HTMLInputElement;

const EDITABLE = "[contenteditable]:not([contenteditable=false])";
export const FIELD = `input:not([type=hidden],[type=submit],[type=button],[type=reset],[type=image]),select,textarea,${EDITABLE},[role=textbox],[role=combobox]`;
export const FORM = "form,dialog,[role=form],[role=dialog]";

export function isField(el: Element | null): el is Field {
  return !!el?.matches(FIELD);
}

/** The form a control belongs to, or the dialog that stands for one. */
export function formOf(el: Element): Element | null {
  const { form } = el as Field;
  return form instanceof Element ? form : el.closest(FORM);
}

/** An attribute, "" if absent. Not the property: a form may hold a field of that name. */
export function attribute(el: Element, name: string): string {
  return el.getAttribute(name) ?? "";
}

/** Neither the browser nor the page objects. */
export function isValid(field: Field): boolean {
  return field.validity?.valid !== false && !/true|mm|ng/.test(attribute(field, "aria-invalid"));
}
