import { request } from "./post";
import type { Service } from "./wire";

/** Refusals by which a server says that trying again is of no use; with what to do about each. */
const FIX: Record<string, string> = {
  unknown_key: "Compare data-key in the script tag with the key the service printed.",
  wrong_origin: `Add ${location.origin} to the origins of this source.`,
  no_consent: "",
};

/** Why a socket was refused, which a browser does not say: a sentence with the fix, or "" if nothing is wrong. */
export async function why(service: Service): Promise<{ code: string; sentence: string }> {
  const { code = "", sentence = "" } = (await (await request(service, "why")).json()) as { code?: string; sentence?: string };
  return { code, sentence: code in FIX ? `${sentence} ${FIX[code] ?? ""}`.trim() : "" };
}
