import type { Clock } from "../../lib/clock.ts";
import type { EscalationDesk, HeldRequest } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Escalation } from "../../schema/escalation.ts";
import type { EscalationRecord } from "../../schema/ledger.ts";
import type { EscalationsShown } from "../../server/options.ts";
import type { Approval, EscalationBook } from "../../store/escalations.ts";
import { escalationsInMemory } from "../../store/sqlite/escalation-table.ts";

/** What the desk of a process works with. */
export interface DeskParts {
  /** Takes the rows that say what became of a request. */
  readonly writer: { record(entry: EscalationRecord): void };
  readonly clock: Clock;
}

/** The requests of a process that wait for persons: its own, and those of its workers. */
export class ProcessEscalations implements EscalationDesk, EscalationsShown {
  /** `policies.escalation_ttl_minutes`, in milliseconds. */
  ttlMs = 3_600_000;
  readonly #parts: DeskParts;
  readonly #book: EscalationBook;
  /** What may be sent once more, until when. */
  readonly #open = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  private constructor(parts: DeskParts, book: EscalationBook, approvals: readonly Approval[]) {
    this.#parts = parts;
    this.#book = book;
    this.#admit(approvals);
  }

  /** Opens the desk with what was approved before this process began. Without a book what waits, waits in memory. */
  static async open(given: EscalationBook | undefined, parts: DeskParts): Promise<ProcessEscalations> {
    const book = given ?? escalationsInMemory();
    return new ProcessEscalations(parts, book, await book.approvals(parts.clock.now()));
  }

  get isOpen(): boolean {
    return this.openKeys.length > 0;
  }

  /** Keys of what may be sent once more: what workers need to know. */
  get openKeys(): readonly string[] {
    const now = this.#parts.clock.now();
    for (const [key, expires] of this.#open) if (expires <= now) this.#open.delete(key);
    return [...this.#open.keys()];
  }

  /** Calls back when {@link openKeys} has become another one. */
  onChange(tell: () => void): void {
    this.#listeners.add(tell);
  }

  async hold(item: HeldRequest, isNew: boolean): Promise<string> {
    const { id, isKnown } = await this.#book.hold(item, isNew);
    if (!isKnown) this.#write({ ...item, id, by: null, reason: null }, "waiting");
    return id;
  }

  async claim(key: string): Promise<boolean> {
    if (!this.#open.has(key)) return false;
    const used = await this.#book.claim(key, this.#parts.clock.now());
    const left = await this.#book.approvals(this.#parts.clock.now());
    if (!left.some((approval) => approval.key === key)) this.#close(key);
    if (used === null) return false;
    this.#write(used, "used");
    return true;
  }

  list(query: Parameters<EscalationsShown["list"]>[0]) {
    return this.#book.list(query, this.#parts.clock.now());
  }

  find(id: string) {
    return this.#book.find(id, this.#parts.clock.now());
  }

  async decide(id: string, { state, by, reason }: Parameters<EscalationsShown["decide"]>[1]): Promise<Escalation> {
    const at = this.#parts.clock.now();
    const expiresAt = state === "approved" ? at + this.ttlMs : null;
    const decided = await this.#book.decide(id, { state, by, reason, at, expiresAt });
    if (decided === null) throw await this.#undecidable(id, at);
    this.#write(decided, state);
    if (expiresAt !== null) await this.#reopen();
    return decided;
  }

  async #undecidable(id: string, nowMs: number): Promise<GatewayError> {
    const known = await this.#book.find(id, nowMs);
    const shown = id.slice(0, 128);
    if (known === null) return new GatewayError("not_found", `There is no escalation with the id "${shown}"`);
    const by = known.by === null ? "" : ` (${known.by} decided)`;
    return new GatewayError("invalid_request", `The escalation "${shown}" does not wait: it is ${known.state}${by}`, {
      param: "id",
    });
  }

  async #reopen(): Promise<void> {
    this.#admit(await this.#book.approvals(this.#parts.clock.now()));
    for (const tell of this.#listeners) tell();
  }

  /** One request may have been approved several times: the last of these counts until it is over. */
  #admit(approvals: readonly Approval[]): void {
    for (const { key, expires } of approvals) this.#open.set(key, Math.max(expires, this.#open.get(key) ?? 0));
  }

  #close(key: string): void {
    this.#open.delete(key);
    for (const tell of this.#listeners) tell();
  }

  #write(
    item: Pick<Escalation, "id" | "request" | "policy" | "reason_code" | "by" | "reason">,
    state: EscalationRecord["state"],
  ): void {
    const { id, request, policy, reason_code, by, reason } = item;
    const at = this.#parts.clock.now();
    this.#parts.writer.record({
      kind: "escalation",
      at,
      escalation: id,
      state,
      request,
      policy,
      reason_code,
      by,
      reason,
    });
  }
}
