type Listener = (detail: unknown) => void;

export interface Emitter {
  on(name: string, listener: Listener): void;
  /** Without a listener: all of that name. */
  off(name: string, listener?: Listener): void;
  emit(name: string, detail: unknown): void;
}

/** Named listeners; one that throws is told to `failed` and harms nobody. */
export function makeEmitter(failed: (error: unknown) => void): Emitter {
  let all: [string, Listener][] = [];
  return {
    on: (name, listener) => void all.push([name, listener]),
    off: (name, listener) => void (all = all.filter(([other, it]) => other !== name || (listener && it !== listener))),
    emit(name, detail) {
      for (const [other, listener] of [...all]) {
        if (other !== name) continue;
        try {
          listener(detail);
        } catch (error) {
          failed(error);
        }
      }
    },
  };
}
