import type { Nudge } from "../protocol.gen";
import type { Nudger, NudgerHost, Timely, What } from "./nudger";
import { stringsFor } from "./strings";
import { Tip } from "./tip";

/** Shows one nudge at a time, and tells what becomes of it. */
export function open(host: NudgerHost): Nudger {
  let shown: { nudge: Nudge; tip: Tip } | undefined;

  const tell = ({ decision }: Nudge, what: What, reason = "") =>
    host.scene().emit({ t: "nudge", decision, what, reason }, true);

  function close(): Nudge | undefined {
    const { nudge, tip } = shown ?? {};
    shown = undefined;
    tip?.close();
    return nudge;
  }

  function withdraw(reason: string, decision = "", what: What = "withdrawn"): void {
    if (decision && decision !== shown?.nudge.decision) return;
    const nudge = close();
    if (nudge) tell(nudge, what, reason);
  }

  function show(nudge: Timely): void {
    withdraw("replaced");
    const { config, scene, emit, locale } = host;
    const reason = nudge.over();
    if (reason) return void tell(nudge, "stale", reason);
    const { describer, safe, message } = scene();
    const detail = { decision: nudge.decision, title: nudge.content.title };
    const tip = Tip.at({
      nudge,
      safe,
      message,
      base: config.base,
      theme: config.theme ?? "auto",
      strings: stringsFor(locale()),
      describe: (el) => describer.of(el),
      gone: () => withdraw("anchor_gone"),
      event(what, why) {
        if (what === "dismissed") close();
        tell(nudge, what, why);
        if (what !== "why") emit(what === "dismissed" ? "nudge:dismiss" : "nudge:click", { ...detail, reason: why });
      },
    });
    if (!tip) return void tell(nudge, "unanchored");
    shown = { nudge, tip };
    tell(nudge, "shown");
    emit("nudge:show", detail);
  }

  return { element: () => shown?.tip.element, show, withdraw, setTheme: () => shown?.tip.setTheme(host.config.theme ?? "auto") };
}
