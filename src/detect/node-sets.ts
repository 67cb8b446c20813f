/** The set in ascending order, in place. Sets are small and mostly nearly sorted: that is quicker by hand. */
export function ascending(set: Int32Array): Int32Array {
  if (set.length > 64) return set.sort();
  for (let at = 1; at < set.length; at++) {
    const node = set[at]!;
    let to = at;
    for (; to > 0 && set[to - 1]! > node; to--) set[to] = set[to - 1]!;
    set[to] = node;
  }
  return set;
}

/** FNV-1a over the members and the kind in front. */
export function hashOf(set: Int32Array, before: number): number {
  let hash = 0x811c9dc5 ^ before;
  for (let at = 0; at < set.length; at++) hash = Math.imul(hash ^ set[at]!, 0x01000193);
  return hash;
}

/** Whether two sorted sets have the same members. */
export function isSame(one: Int32Array, other: Int32Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
