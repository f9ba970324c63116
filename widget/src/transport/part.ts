/** Loads a lazy part; built apart, so only its exports' and arguments' public names are shared. */
export function part<T>(base: string, name: string): Promise<T> {
  return import(new URL(`${name}.js`, base).href) as Promise<T>;
}
