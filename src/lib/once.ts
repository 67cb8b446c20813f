/** The function that gives what `make` makes when it is first asked, and the same ever after. What throws is tried again. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** {@link once} for each object, for as long as that is there. */
export function oncePer<Key extends WeakKey, T>(make: (key: Key) => T): (key: Key) => T {
  return kept(make, new WeakMap<Key, T>());
}

/** {@link once} for each name; there must be few of them, since none is forgotten. */
export function onceEach<Name extends string, T>(make: (name: Name) => T): (name: Name) => T {
  return kept(make, new Map<Name, T>());
}

interface Made<Key, T> {
  get(key: Key): T | undefined;
  has(key: Key): boolean;
  set(key: Key, value: T): unknown;
}

function kept<Key, T>(make: (key: Key) => T, made: Made<Key, T>): (key: Key) => T {
  return (key) => {
    const known = made.get(key);
    if (known !== undefined || made.has(key)) return known as T;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
