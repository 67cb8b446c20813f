/** A value that cannot be logged, serialised or interpolated by accident. */
export interface Secret {
  /** The value itself; call it only where it is sent. */
  reveal(): string;
  toJSON(): "[secret]";
  toString(): "[secret]";
}

/** Wraps `value`; every conversion but `reveal()` gives `[secret]`. */
export function secret(value: string): Secret {
  return {
    reveal: () => value,
    toJSON: () => "[secret]",
    toString: () => "[secret]",
  };
}
