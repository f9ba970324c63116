export const MAX_QUEUE_BYTES = 1048576, FLUSH_MS = 1000, MAX_BATCH_EVENTS = 200, LONG_POLL_S = 25, SUBPROTOCOL = "beforehand.v1";
export type LengthClass = "empty" | "short" | "medium" | "long";
export type Facts = Record<string, string | number | boolean | null>;
export interface Element { fp: string; tag?: string; role?: string; label?: string; name?: string; type?: string; form?: string; selector?: string }
interface E { seq: number; at: number }
export interface Page extends E { t: "page"; route: string; url?: string; title?: string; how?: "load" | "push" | "replace" | "traverse" | "update"; headings?: string[]; controls?: string[]; dialog?: string; lang?: string; release?: string }
export interface Click extends E { t: "click"; el: Element; x?: number; y?: number; interactive?: boolean }
export interface Activity extends E { t: "activity"; click: number; kind: "mutation" | "navigation" | "request" | "scroll" | "selection" | "focus" | "window" | "input"; delay?: number }
export interface Focus extends E { t: "focus"; el: Element; on?: boolean }
export interface Input extends E { t: "input"; el: Element; length?: LengthClass; valid?: boolean; keys?: number; dwell?: number; refill?: boolean }
export interface Submit extends E { t: "submit"; el: Element; button?: Element | null; attempt?: number }
export interface Validation extends E { t: "validation"; el: Element; message?: string; attempt?: number; cleared?: boolean; source?: "native" | "aria" | "live" | "class" }
export interface Fault extends E { t: "error"; message: string; kind?: "error" | "rejection" | "console"; file?: string; line?: number; cause?: number }
export interface Request extends E { t: "request"; method: string; route: string; status: number; duration?: number; cause?: number }
export interface Visibility extends E { t: "visibility"; visible: boolean }
export interface Scroll extends E { t: "scroll"; depth: number }
export interface Copy extends E { t: "copy"; el: Element }
export interface Track extends E { t: "track"; name: string; properties?: Facts }
export interface Context extends E { t: "context"; entries: Facts }
export interface Identify extends E { t: "identify"; id: string; traits?: Facts }
export interface Group extends E { t: "group"; id: string; traits?: Facts }
export interface NudgeEvent extends E { t: "nudge"; decision: string; what: "shown" | "clicked" | "dismissed" | "withdrawn" | "stale" | "unanchored" | "why" | "left"; reason?: string }
export interface Closing extends E { t: "closing" }
export type Event = Page | Click | Activity | Focus | Input | Submit | Validation | Fault | Request | Visibility | Scroll | Copy | Track | Context | Identify | Group | NudgeEvent | Closing;
export type Node = { [key: string]: unknown };
export interface Citation { slug: string; title: string; lang?: string; passage?: string; href?: string }
export interface NudgeContent { title: string; nodes: Node[]; source: Citation; why?: string[]; lang?: string; dir?: "ltr" | "rtl" | "auto" }
export interface Nudge { decision: string; surface: "tooltip"; tape: string; route: string; content: NudgeContent; anchor?: Element | null; ttl_ms?: number }
export interface Welcome { type: "welcome"; visitor: string; resume: string; session: string; mark: number; user?: string; sentence?: string; flush_ms?: number; epoch?: string }
export interface Ack { type: "ack"; mark: number }
export interface NudgeFrame { type: "nudge"; nudge: Nudge }
export interface WithdrawFrame { type: "withdraw"; decision: string; reason?: string }
export interface Resolved { type: "resolved"; decision: string }
export interface UserState { type: "user"; state: string; sentence?: string }
export interface Goaway { type: "goaway"; retry_after: number; jitter: number; reason?: string }
export interface Err { type: "error"; code: string; sentence: string; retry_after?: number; expected?: number; fatal?: boolean }
export interface Pong { type: "pong" }
export type ServerFrame = Welcome | Ack | NudgeFrame | WithdrawFrame | Resolved | UserState | Goaway | Err | Pong;
