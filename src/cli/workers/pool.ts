import type { SignalTable } from "../../carbon/signal-table.ts";
import type { Config } from "../../config/config.ts";
import { SHARED_REGIONS_BYTES } from "../../gateway/routes/current-regions.ts";
import type { ProbeResult } from "../../gateway/targets/probe-state.ts";
import { PlaceBook } from "../../gateway/targets/shared-places.ts";
import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/logger.ts";
import { doneWithin } from "../../lib/pause.ts";
import { SHARED_BOOK_BYTES } from "../../policies/firewall/shared-book.ts";
import type { Address } from "../../server/door/address.ts";
import { answerForwarded } from "../../server/door/forward.ts";
import type { AnswerOther } from "../../server/door/handler.ts";
import { type Listener, listen } from "../../server/door/listen.ts";
import { Outbox } from "../../store/counters/outbox.ts";
import type { Connection, OwnerCounters } from "../../store/counters/owner.ts";
import type { FromOwner } from "../../store/counters/thread-messages.ts";
import type { ProcessEscalations } from "../service/escalations.ts";
import { answerPerson, type PersonAsked } from "./escalations.ts";
import { type JobMessage, type Member, type StartMember, startMember, type Told } from "./member.ts";
import type { FromWorker, WorkerReport, WorkerStart } from "./messages.ts";

/** A worker that ended by itself is started again after so long. */
const RESTART_MS = 1_000;
/** How long a worker may take to say how it does. */
const REPORT_MS = 300;

/** What a pool works with. */
export interface PoolOptions {
  readonly workers: number;
  readonly start: Omit<WorkerStart, "config" | "workers" | "receipts">;
  /** What the chain of receipts of a worker that starts now begins with. */
  readonly receiptStart: () => WorkerStart["receipts"];
  readonly clock: Clock;
  readonly log: Logger;
  /** Null where a server counts. */
  readonly counters: OwnerCounters | null;
  readonly onEvents: (events: Extract<FromWorker, { kind: "events" }>["events"]) => void;
  readonly onReceipts: (receipts: Extract<FromWorker, { kind: "receipts" }>["receipts"]) => void;
  /** Where requests wait for persons. */
  readonly escalations: Pick<ProcessEscalations, "openKeys" | "onChange" | "claim" | "hold" | "isOpen">;
  readonly onBreaker: (change: Extract<FromWorker, { kind: "breaker" }>) => void;
  /** Whether requests may be taken now, as far as the ledger goes. */
  readonly admits: () => boolean;
  /** Starts a thread; tests put their own in its place. */
  readonly startMember?: StartMember;
}

/** One worker and what it counts on. */
interface Place {
  /** Its number, from 0: one that takes another's place has that one's. */
  readonly thread: number;
  member: Member;
  report: WorkerReport | null;
}

/**
 * Threads of this process that answer model requests, each with listeners of its own on the same ports. The main thread
 * counts for them, writes their events down, and answers every other route.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #places: Place[] = [];
  #config: Config;
  #addresses: readonly Address[] = [];
  #answer: AnswerOther = () => Promise.reject(new GatewayError("internal", "not listening yet"));
  #admits = true;
  /** What policies and routing of all workers remember in; it outlives each of them. */
  readonly #memory = new SharedArrayBuffer(SHARED_BOOK_BYTES + SHARED_REGIONS_BYTES);
  readonly #attempts: PlaceBook;
  #signals: SignalTable | null = null;
  #isEnding = false;

  constructor(config: Config, options: PoolOptions) {
    this.#config = config;
    this.#options = options;
    this.#attempts = new PlaceBook(options.workers);
    options.escalations.onChange(() => {
      const keys = options.escalations.openKeys;
      for (const { member } of this.#places) member.post({ kind: "approvals", keys });
    });
  }

  /** Starts the workers and opens the addresses in each. Throws as {@link listen} does, and where a worker cannot start. */
  async listen(addresses: readonly Address[], answer: AnswerOther): Promise<readonly Listener[]> {
    this.#answer = answer;
    // an own listener shows what is free: those that share a port would share it with anybody's
    const probe = await listen(addresses, { handle: async () => new Response(null, { status: 503 }) }, IDLE);
    this.#addresses = probe.map(({ address }) => address);
    await Promise.all(probe.map((listener) => listener.abort()));
    try {
      const places = Array.from({ length: this.#options.workers }, (_, thread) => this.#open(thread));
      await Promise.all(places);
    } catch (cause) {
      this.close();
      throw new GatewayError(
        "internal",
        `Cannot serve with ${this.#options.workers} workers: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
    return probe.map(({ address, url }, at) => ({
      address,
      url,
      // the first speaks for all: every worker has all of them
      stop: () => (at === 0 ? this.#stop() : Promise.resolve()),
      abort: () => (at === 0 ? this.#all({ kind: "abort" }) : Promise.resolve()),
    }));
  }

  /** Puts a configuration in force everywhere; resolves when it is. */
  async configure(config: Config): Promise<void> {
    this.#config = config;
    const memory = this.#attempts.of(config);
    for (const { member, thread } of this.#places) member.post({ kind: "places", memory, thread });
    await this.#all({ kind: "configure", config });
  }

  /** Tells what is known of the grids; a worker that starts later is told too. */
  signals(table: SignalTable): void {
    this.#signals = table;
    for (const { member } of this.#places) this.#tellSignals(member);
  }

  /** Tells what a probe said. */
  probed(target: string, result: ProbeResult): void {
    for (const { member } of this.#places) member.post({ kind: "probed", target, result });
  }

  /** Asks every worker how it does; those that do not say so in time keep what they said before. */
  async refresh(): Promise<void> {
    const all = Promise.all(
      this.#places.map(async (place) => {
        place.report = (await place.member.do({ kind: "report" }).catch(() => null)) ?? place.report;
      }),
    );
    await doneWithin(REPORT_MS, all, this.#options.clock);
  }

  /** What they said. */
  get reports(): readonly WorkerReport[] {
    return this.#places.flatMap(({ report }) => (report === null ? [] : [report]));
  }

  /** Resolves when the last request of every worker is done and its events are here. */
  drained(): Promise<void> {
    return this.#all({ kind: "drained" });
  }

  /** Ends what is under way in every worker. */
  cut(): Promise<void> {
    return this.#all({ kind: "cut" });
  }

  /** Ends the workers at once. */
  close(): void {
    this.#isEnding = true;
    for (const { member } of this.#places) member.end();
  }

  #stop(): Promise<void> {
    this.#isEnding = true;
    return this.#all({ kind: "stop" });
  }

  async #all(message: JobMessage): Promise<void> {
    const failed = (thrown: unknown): void => {
      if (!this.#isEnding) this.#options.log.error({ err: thrown, asked: message.kind }, "a worker could not follow");
    };
    await Promise.all(this.#places.map(({ member }) => member.do(message).then(() => {}, failed)));
  }

  async #open(thread: number): Promise<void> {
    const place: Place = { thread, member: this.#member(() => place), report: null };
    this.#places.push(place);
    await this.#begin(place);
  }

  async #begin({ member, thread }: Place): Promise<void> {
    const { start, workers, counters, receiptStart } = this.#options;
    await member.ready;
    member.post({ kind: "shared", generation: counters?.cells.generation ?? null, memory: this.#memory });
    member.post({ kind: "places", memory: this.#attempts.of(this.#config), thread });
    this.#tellSignals(member);
    await member.do({ kind: "start", start: { ...start, config: this.#config, workers, receipts: receiptStart() } });
    await member.do({ kind: "listen", addresses: this.#addresses });
    member.post({ kind: "admits", admits: this.#admits });
    member.post({ kind: "approvals", keys: this.#options.escalations.openKeys });
  }

  #tellSignals(member: Member): void {
    const table = this.#signals;
    if (table === null) return;
    member.post({ kind: "signals", rules: table.rules, known: table.snapshot(this.#options.clock.now()) });
  }

  #member(placeOf: () => Place): Member {
    const { counters, log, clock, startMember: start = startMember } = this.#options;
    const post: Member["post"] = (message) => member.post(message);
    const outbox = new Outbox<FromOwner>((messages) => post({ kind: "counters", messages }));
    const connection = counters?.connect((message) => outbox.send(message)) ?? null;
    const route = answerForwarded(
      async (request, arrival) => {
        await this.refresh();
        return this.#answer(request, arrival);
      },
      (message) => post({ kind: "route", message }),
    );
    const member: Member = start(
      (message) => this.#hear(message, { connection, route, post }),
      (why) => {
        connection?.gone();
        this.#attempts.gone(placeOf().thread);
        if (this.#isEnding) return;
        log.error({ reason: why }, "a worker has ended: another one takes its place");
        clock.after(RESTART_MS, () => this.#replace(placeOf()));
      },
    );
    return member;
  }

  #replace(place: Place): void {
    if (this.#isEnding) return;
    place.report = null;
    place.member = this.#member(() => place);
    this.#begin(place).catch((err: unknown) => this.#options.log.error({ err }, "a worker could not be started again"));
  }

  #hear(
    message: Told,
    of: { connection: Connection | null; route: ReturnType<typeof answerForwarded>; post: Member["post"] },
  ): void {
    const { log, onEvents, onReceipts, onBreaker } = this.#options;
    switch (message.kind) {
      case "counters":
        for (const each of message.messages) of.connection?.hear(each);
        return;
      case "events":
        onEvents(message.events);
        this.#tellAdmits();
        return;
      case "receipts":
        onReceipts(message.receipts);
        return;
      case "log":
        log[message.level](message.fields, message.message);
        return;
      case "breaker":
        onBreaker(message);
        return;
      case "person":
        void this.#person(message.asked, of.post);
        return;
      case "route":
        void of.route(message.message);
    }
  }

  async #person(asked: PersonAsked, post: Member["post"]): Promise<void> {
    post({ kind: "person", said: await answerPerson(this.#options.escalations, asked) });
  }

  #tellAdmits(): void {
    const admits = this.#options.admits();
    if (admits === this.#admits) return;
    this.#admits = admits;
    for (const { member } of this.#places) member.post({ kind: "admits", admits });
    // nobody sends events while nobody is let in: the way back is looked for
    if (!admits) this.#options.clock.after(RESTART_MS / 4, () => this.#lookAgain());
  }

  #lookAgain(): void {
    if (this.#isEnding || this.#admits) return;
    this.#tellAdmits();
    if (!this.#admits) this.#options.clock.after(RESTART_MS / 4, () => this.#lookAgain());
  }
}

const IDLE = { idleTimeoutSeconds: 10 };
