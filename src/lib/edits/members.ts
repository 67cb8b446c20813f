import { type Member, members, skipBlanks, stringEnd } from "../json/scan.ts";
import type { SourceEdit } from "./edits.ts";

/**
 * Edits that set, rename or remove members of one object, worked out together so that commas stay right whatever is
 * taken away. `open` is the offset of the object's `{`. The last word on a member counts.
 */
export class MemberEditor {
  readonly #source: string;
  readonly #open: number;
  readonly #members: readonly Member[];
  readonly #removed = new Set<Member>();
  readonly #values = new Map<Member, string>();
  readonly #names = new Map<Member, string>();
  readonly #added = new Map<string, string>();

  constructor(source: string, open: number = skipBlanks(source, 0)) {
    this.#source = source;
    this.#open = open;
    this.#members = members(source, open);
  }

  /** The member that has that name now, as it stands in the source; not one that was only added. */
  get(key: string): Member | undefined {
    return this.#members.find((member) => !this.#removed.has(member) && this.#nameOf(member) === key);
  }

  /** The JSON text of a member's value as it stands in the source; empty where it is not there. */
  text(key: string): string {
    const member = this.get(key);
    return member === undefined ? "" : this.#source.slice(member.start, member.end);
  }

  /** Sets a member to JSON text, in place where it exists, else at the end. */
  set(key: string, json: string): void {
    const member = this.get(key);
    if (member === undefined) this.#added.set(key, json);
    else this.#values.set(member, json);
  }

  /** Gives a member another name, value untouched, and takes out what had that name; nothing where it is not there. */
  rename(from: string, to: string): void {
    if (from === to) return;
    const member = this.get(from);
    const added = this.#added.get(from);
    if (member === undefined && added === undefined) return;
    this.remove(to);
    if (member !== undefined) this.#names.set(member, to);
    else if (added !== undefined) this.#added.set(to, added);
    this.#added.delete(from);
  }

  /** Takes a member out; nothing where it is not there. */
  remove(key: string): void {
    const member = this.get(key);
    if (member !== undefined) this.#removed.add(member);
    this.#added.delete(key);
  }

  /** The edits over the source text. */
  edits(): readonly SourceEdit[] {
    const edits = [...this.#changes()];
    if (this.#removed.size > 0) edits.push(...this.#removals());
    if (this.#added.size > 0) edits.push(this.#addition());
    return edits;
  }

  #nameOf(member: Member): string {
    return this.#names.get(member) ?? member.key;
  }

  *#changes(): Iterable<SourceEdit> {
    for (const [member, name] of this.#names) {
      const { keyStart } = member;
      if (this.#removed.has(member) || name === member.key) continue;
      yield { start: keyStart, end: stringEnd(this.#source, keyStart), text: JSON.stringify(name) };
    }
    for (const [{ start, end }, text] of [...this.#values].filter(([member]) => !this.#removed.has(member))) {
      if (this.#source.slice(start, end) !== text) yield { start, end, text };
    }
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

  #addition(): SourceEdit {
    const stays = this.#members.some((member) => !this.#removed.has(member));
    const at = this.#members.at(-1)?.end ?? this.#open + 1;
    const added = Array.from(this.#added, ([key, json]) => `${JSON.stringify(key)}:${json}`);
    return { start: at, end: at, text: (stays ? "," : "") + added.join(",") };
  }
}
