/** The same type while it is being made: its own members may be set. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
