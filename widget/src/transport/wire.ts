import type { ServerFrame } from "../protocol.gen";

/** One connection, whatever carries it. It is dead after `closed`, which comes once. */
export interface Wire {
  send(frame: string): void;
  close(): void;
}

export interface WireEvents {
  /** The way is free: say hello. */
  open(): void;
  frame(frame: ServerFrame): void;
  closed(): void;
}

/** Where the service is: `base` ends in "/v1/". */
export interface Service {
  base: string;
  key: string;
}

export function url(service: Service, path: string): string {
  return `${service.base}${path}?key=${encodeURIComponent(service.key)}`;
}
