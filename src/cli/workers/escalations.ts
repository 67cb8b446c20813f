import type { EscalationDesk, HeldRequest } from "../../lib/context.ts";

/** What a worker asks the main thread about persons; `call` is given back with the answer. */
export type PersonAsked =
  | { readonly kind: "hold"; readonly call: number; readonly item: HeldRequest; readonly isNew: boolean }
  | { readonly kind: "claim"; readonly call: number; readonly key: string };

/** The answer to one of these. */
export interface PersonSaid {
  readonly call: number;
  /** The id something waits under, or whether it may pass; null: it could not be found out. */
  readonly answer: string | boolean | null;
}

/** The desk of a worker: the main thread keeps what waits. */
export class WorkerEscalations implements EscalationDesk {
  readonly #post: (asked: PersonAsked) => void;
  readonly #calls = new Map<number, (said: PersonSaid["answer"]) => void>();
  #open: ReadonlySet<string> = new Set();
  #next = 0;

  constructor(post: (asked: PersonAsked) => void) {
    this.#post = post;
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** What may be sent once more, as the main thread says. */
  setOpen(keys: readonly string[]): void {
    this.#open = new Set(keys);
  }

  /** The main thread's answer. */
  hear({ call, answer }: PersonSaid): void {
    this.#calls.get(call)?.(answer);
    this.#calls.delete(call);
  }

  async claim(key: string): Promise<boolean> {
    if (!this.#open.has(key)) return false;
    return (await this.#ask((call) => ({ kind: "claim", call, key }))) === true;
  }

  async hold(item: HeldRequest, isNew: boolean): Promise<string> {
    const id = await this.#ask((call) => ({ kind: "hold", call, item, isNew }));
    if (typeof id === "string") return id;
    throw new Error("the main thread could not keep it");
  }

  #ask(message: (call: number) => PersonAsked): Promise<PersonSaid["answer"]> {
    const call = this.#next++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.#post(message(call));
    });
  }
}

/** Answers a worker's question from the desk of the process. */
export async function answerPerson(desk: EscalationDesk, asked: PersonAsked): Promise<PersonSaid> {
  const { call } = asked;
  try {
    const answer = asked.kind === "claim" ? desk.claim(asked.key) : desk.hold(asked.item, asked.isNew);
    return { call, answer: await answer };
  } catch {
    return { call, answer: null };
  }
}
