/** The first `size` members in ascending order, in place. Sets are small and mostly nearly sorted: that is quicker by hand. */
export function ascending(set: Int32Array, size: number): void {
  if (size > 64) set.subarray(0, size).sort();
  else {
    for (let at = 1; at < size; at++) {
      const node = set[at]!;
      let to = at;
      for (; to > 0 && set[to - 1]! > node; to--) set[to] = set[to - 1]!;
      set[to] = node;
    }
  }
}

/** FNV-1a over the first `size` members and the kind in front. */
export function hashOf(set: Int32Array, size: number, before: number): number {
  let hash = 0x811c9dc5 ^ before;
  for (let at = 0; at < size; at++) hash = Math.imul(hash ^ set[at]!, 0x01000193);
  return hash;
}

/** Whether a sorted set has the first `size` members of another. */
export function isSame(one: Int32Array, other: Int32Array, size: number): boolean {
  if (one.length !== size) return false;
  for (let at = 0; at < size; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** Whether one of the first `size` members is marked with 1. */
export function holdsAny(set: Int32Array, size: number, marks: Uint8Array): boolean {
  for (let at = 0; at < size; at++) if (marks[set[at]!] === 1) return true;
  return false;
}
