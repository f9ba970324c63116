import { SUBPROTOCOL } from "../protocol.gen";
import { type Service, url, type Wire, type WireEvents } from "./wire";

/** A WebSocket. Never throws: a policy or address that forbids it is a closed wire. */
export function openSocket(service: Service, events: WireEvents): Wire {
  let socket: WebSocket | undefined;
  try {
    socket = new WebSocket(url(service, "socket").replace(/^http/, "ws"), SUBPROTOCOL);
  } catch {
    setTimeout(events.closed);
    return { send() {}, close() {} };
  }
  const live = socket;
  live.onopen = events.open;
  live.onclose = events.closed;
  live.onmessage = ({ data }) => {
    let frame;
    try {
      frame = JSON.parse(data as string);
    } catch {
      return live.close();
    }
    events.frame(frame);
  };
  return {
    send: (frame) => live.readyState === 1 && live.send(frame),
    close() {
      live.onopen = live.onmessage = live.onclose = null;
      live.close();
    },
  };
}
