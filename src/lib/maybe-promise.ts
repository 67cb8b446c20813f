/** A value or a promise of it: what needs no I/O answers at once and costs no microtask. */
export type MaybePromise<T> = T | Promise<T>;

/** What `next` makes of a value: at once where it is there, else when it is. */
export function whenKnown<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
