/** A hash of the first `size` members and the kind in front, in whatever order they stand. */
export function hashOf(set: Int32Array, size: number, before: number): number {
  let hash = before;
  for (let at = 0; at < size; at++) {
    const mixed = Math.imul(set[at]! + 1, 0x9e3779b1);
    hash = (hash + Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)) | 0;
  }
  return hash ^ (hash >>> 16);
}

/** Whether one of the first `size` members is marked with 1. */
export function holdsAny(set: Int32Array, size: number, marks: Uint8Array): boolean {
  for (let at = 0; at < size; at++) if (marks[set[at]!] === 1) return true;
  return false;
}
