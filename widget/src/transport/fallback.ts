/** The lazy part for what a normal visit does not need: refusals, networks without sockets, what was left unsent. */
export { sendLeftovers } from "./leftovers";
export { openPost } from "./post";
export { why } from "./why";
export { notice, report } from "./notices";
