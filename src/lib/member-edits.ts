import type { SourceEdit } from "./edits.ts";
import { type Member, members, skipBlanks } from "./json-scan.ts";

/**
 * Edits that set, rename or remove members of one object, worked out together so that commas stay right whatever is
 * taken away. `open` is the offset of the object's `{`.
 */
export class MemberEditor {
  readonly #source: string;
  readonly #open: number;
  readonly #members: readonly Member[];
  readonly #removed = new Set<Member>();
  readonly #changes: SourceEdit[] = [];
  readonly #added: string[] = [];

  constructor(source: string, open: number = skipBlanks(source, 0)) {
    this.#source = source;
    this.#open = open;
    this.#members = members(source, open);
  }

  /** The member of that name, unless it was removed. */
  get(key: string): Member | undefined {
    return this.#members.find((member) => member.key === key && !this.#removed.has(member));
  }

  /** Sets a member to JSON text, in place where it exists, else at the end. */
  set(key: string, json: string): void {
    const member = this.get(key);
    if (member === undefined) this.#added.push(`${JSON.stringify(key)}:${json}`);
    else if (this.#source.slice(member.start, member.end) !== json) {
      this.#changes.push({ start: member.start, end: member.end, text: json });
    }
  }

  /** Gives a member another name, value untouched; nothing where it is not there. */
  rename(from: string, to: string): void {
    const member = this.get(from);
    if (member === undefined) return;
    this.#changes.push({ start: member.keyStart, end: member.keyStart + this.#keyLength(member), text: JSON.stringify(to) });
  }

  /** Takes a member out; nothing where it is not there. */
  remove(key: string): void {
    const member = this.get(key);
    if (member !== undefined) this.#removed.add(member);
  }

  /** The edits over the source text. */
  edits(): readonly SourceEdit[] {
    if (this.#removed.size === 0 && this.#added.length === 0) return this.#changes;
    const standing = this.#changes.filter((change) => !this.#isRemoved(change.start));
    return [...standing, ...this.#removals(), ...this.#additions()];
  }

  #isRemoved(offset: number): boolean {
    for (const member of this.#removed) if (offset >= member.keyStart && offset < member.end) return true;
    return false;
  }

  #keyLength(member: Member): number {
    let end = member.keyStart + 1;
    while (this.#source[end] !== '"') end += this.#source[end] === "\\" ? 2 : 1;
    return end + 1 - member.keyStart;
  }

  /** A removed member takes the comma before it along; leading ones, which have none, the comma behind. */
  #removals(): SourceEdit[] {
    const edits: SourceEdit[] = [];
    let kept: Member | undefined;
    for (const [index, member] of this.#members.entries()) {
      if (!this.#removed.has(member)) {
        kept = member;
        continue;
      }
      const before = this.#members[index - 1];
      const behind = this.#members[index + 1];
      if (kept !== undefined) edits.push({ start: before!.end, end: member.end, text: "" });
      else edits.push({ start: member.keyStart, end: behind?.keyStart ?? member.end, text: "" });
    }
    return edits;
  }

  #additions(): SourceEdit[] {
    if (this.#added.length === 0) return [];
    const stays = this.#members.some((member) => !this.#removed.has(member));
    const last = this.#members.at(-1);
    const at = last?.end ?? this.#open + 1;
    return [{ start: at, end: at, text: (stays ? "," : "") + this.#added.join(",") }];
  }
}
