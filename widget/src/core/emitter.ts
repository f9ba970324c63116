type Listener = (detail: unknown) => void;

/** Named listeners; one that throws is told to `failed` and harms nobody. */
export class Emitter {
  private _listeners = new Map<string, Set<Listener>>();

  constructor(private readonly _failed: (error: unknown) => void) {}

  on(name: string, listener: Listener): void {
    this._listeners.set(name, (this._listeners.get(name) ?? new Set()).add(listener));
  }

  off(name: string, listener?: Listener): void {
    if (listener) this._listeners.get(name)?.delete(listener);
    else this._listeners.delete(name);
  }

  emit(name: string, detail: unknown): void {
    for (const listener of [...(this._listeners.get(name) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        this._failed(error);
      }
    }
  }
}
