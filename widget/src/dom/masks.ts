/** Attributes and classes by which sites already tell recorders what is private; ours first. */
const BLOCK = "[data-beforehand-block],.ph-no-capture,[data-sentry-block],.sentry-block,[data-dd-privacy=hidden],.dd-privacy-hidden,[data-openreplay-hidden],.rr-block,.fs-exclude,.fs-block";
const MASK = "[data-beforehand-mask],[data-sentry-mask],.sentry-mask,[data-clarity-mask],[data-dd-privacy=mask],.dd-privacy-mask,[data-openreplay-masked],[data-openreplay-obscured],.rr-mask,.fs-mask";
const UNMASK = "[data-beforehand-unmask],[data-sentry-unmask],[data-clarity-unmask],[data-dd-privacy=allow],.fs-unmask";

export interface Masks {
  /** Inside a region that is left out altogether: no event at all. */
  blocked(el: Element): boolean;
  /** Inside a region whose words stay in the browser. The nearest of mask and unmask decides. */
  masked(el: Element): boolean;
}

function valid(selector: string, wrong: (selector: string) => void): string {
  if (!selector) return "";
  try {
    document.querySelector(selector);
    return "," + selector;
  } catch {
    wrong(selector);
    return "";
  }
}

/** `mask`, `unmask`, `block`: selectors of the site's own, from the script tag; `wrong` is told one that is none. */
export function masks(wrong: (selector: string) => void, mask = "", unmask = "", block = ""): Masks {
  const cover = MASK + valid(mask, wrong);
  const uncover = UNMASK + valid(unmask, wrong);
  const either = `${cover},${uncover}`;
  const out = BLOCK + valid(block, wrong);
  let none: boolean | undefined;

  /** Most pages mark nothing: one look at the document in a task spares a look at every element's ancestors. */
  function free(el: Element): boolean {
    if (none === undefined) {
      none = !document.querySelector(`${either},${out}`);
      queueMicrotask(() => (none = undefined));
    }
    return none && el.getRootNode() === document;
  }

  return {
    blocked: (el) => !free(el) && !!el.closest(out),
    masked: (el) => {
      const nearest = !free(el) && el.closest(either);
      return !!nearest && !nearest.matches(uncover);
    },
  };
}
