type Members = Readonly<Record<string, unknown>>;

/**
 * The canonical form of a JSON value (RFC 8785): no white space, members in order of their UTF-16 units, numbers and
 * strings as ECMAScript writes them. Members that are undefined are left out. Throws a RangeError for what JSON cannot
 * say (NaN, infinities, lone surrogates). Is cheapest where members stand in order already.
 */
export function canonical(value: unknown): string {
  const text = isInOrder(value) ? JSON.stringify(value) : written(value);
  // what JSON.stringify makes of a lone surrogate; looked for once, not in every name and string
  if (text.includes("\\ud")) refuseSurrogates(value);
  return text;
}

/** Whether JSON can say the value, and its members stand in order: then it can be written at one go. */
function isInOrder(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || (Array.isArray(value) ? value.every(isInOrder) : areInOrder(value as Members));
    default:
      return false;
  }
}

function areInOrder(value: Members): boolean {
  let last = "";
  for (const key in value) {
    if (isOdd(key) || key < last) return false;
    last = key;
    const member = value[key];
    if (member !== undefined && !isInOrder(member)) return false;
  }
  return true;
}

/** Names that begin like numbers may come first whatever order they were put in; an own `toJSON` may be called. */
function isOdd(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first <= 57 && first >= 48) || key === "toJSON";
}

function refuseSurrogates(value: unknown): void {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new RangeError("A lone surrogate has no canonical form");
  } else if (Array.isArray(value)) value.forEach(refuseSurrogates);
  else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      refuseSurrogates(key);
      refuseSurrogates(member);
    }
  }
}

/** Member by member, in order. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (typeof value !== "object" || value === null) {
    if (!isInOrder(value)) throw new RangeError(`${typeof value} ${String(value)} has no canonical form`);
    return JSON.stringify(value);
  }
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Members)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${written(member)}`);
  }
  return `{${members.join(",")}}`;
}
