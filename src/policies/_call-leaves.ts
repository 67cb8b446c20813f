/**
 * Whether `found` says so of any text in a call's arguments: of every string in them, decoded, member names included,
 * and of the whole where it is no JSON. Iterative, so that depth costs no stack.
 */
export function walkLeaves(input: unknown, found: (text: string) => boolean): boolean {
  const stack: unknown[] = [typeof input === "string" ? decoded(input) : input];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value === "string") {
      if (found(value)) return true;
    } else if (Array.isArray(value)) {
      // `["rm", "-rf", "/"]` is one command
      if (value.every((item) => typeof item === "string") && found(value.join(" "))) return true;
      for (const item of value) stack.push(item);
    } else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) stack.push(name, member);
    }
  }
  return false;
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
