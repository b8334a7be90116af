/** A promise that a test settles when it says so. */
export interface Barrier<T> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
}

export function barrier<T>(): Barrier<T> {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return {
    promise,
    open: (value) => {
      open(value);
    },
  };
}
