/** A value or a promise of it: what needs no I/O answers at once and costs no microtask. */
export type MaybePromise<T> = T | Promise<T>;
