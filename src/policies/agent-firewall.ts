import type { RequestContext, Services } from "../lib/context.ts";
import type { JsonObject } from "../lib/json/json.ts";
import { block, endOfStream, type Stop, shownTool } from "./_blocked-answer.ts";
import { ActionBook, type Book } from "./firewall/action-book.ts";
import { sessionOf } from "./firewall/agent-session.ts";
import { personalDataTest } from "./firewall/call-personal-data.ts";
import { type Actor, type Answering, type CallCounts, CallTally, callCounts, overSession } from "./firewall/counts.ts";
import { type NameCheck, nameCheck } from "./firewall/names.ts";
import { FirewallOptions, firewallEffects, firewallFaults, switchesOf } from "./firewall/options.ts";
import { SharedBook } from "./firewall/shared-book.ts";
import { isSuspicious } from "./firewall/suspicious-call.ts";
import { failedInARow } from "./firewall/tool-errors.ts";
import { ALLOW, type Policy, type PolicyModule, type StreamTransform, type Verdict } from "./policy.ts";
import { toolGate } from "./tools/tool-gate.ts";
import { answerCalls, requestTools, type ToolCall, type ToolUse } from "./tools/tool-uses.ts";

const NAME = "agent-firewall";

/**
 * Says which tools agents may be offered and may call, how often, and for how much money. Requests are checked where
 * they define, choose or recall tools; answers where they call them, in every choice. In a stream a call is held until
 * its name is known, and until it is whole where its arguments matter (`transaction_limits`,
 * `halt_on_suspicious_pattern`, `halt_on_pii_in_action`). What is counted stays in the memory of one process, whose
 * threads count together, and survives a reload; a call that is refused for its money has been counted, and of
 * the answers that one request is given (a hedge, another answer that a policy wants) the longest is. See
 * {@link sessionOf} for what a session is.
 *
 * Reason codes, all `agent_firewall.…`: `kill_switch`, `session_halted`, `malformed_tool_call`, `blocked_tool`,
 * `tool_not_allowed`, `role_required`, `role_tool_not_allowed`, `suspicious_pattern`, `pii_in_action`,
 * `rate_limit_exceeded`, `session_limit_exceeded`, `transaction_value_exceeded`, `daily_total_exceeded`,
 * `approval_required` (escalates).
 */
export const agentFirewall: PolicyModule<typeof NAME, typeof FirewallOptions> = {
  name: NAME,
  summary: "Says which tools agents may use, how often, and how much their calls may move; switches tools off",
  phases: ["tool"],
  content: false,
  options: FirewallOptions,
  check: firewallFaults,
  effects: firewallEffects,
  create: (options, services) => new Firewall(options, services),
};

/** What switches a call off by its arguments. */
interface InputTest {
  readonly reason: string;
  readonly what: string;
  holds(input: unknown): boolean;
}

const SUSPICIOUS: InputTest = {
  reason: "suspicious_pattern",
  what: "a pattern that halts agents (halt_on_suspicious_pattern)",
  holds: isSuspicious,
};

function personalData(): InputTest {
  return {
    reason: "pii_in_action",
    what: "personal data or a secret (halt_on_pii_in_action)",
    holds: personalDataTest(),
  };
}

class Firewall implements Policy {
  readonly #check: NameCheck;
  readonly #counts: CallCounts;
  readonly #book: Book;
  readonly #services: Services;
  readonly #maxErrors: number | undefined;
  readonly #maxActions: number | undefined;
  /** What whole arguments must not hold. */
  readonly #inputTests: readonly InputTest[];
  /** The actor of each request, kept until its answer. */
  readonly #actors = new WeakMap<RequestContext, Actor>();

  constructor(options: FirewallOptions, services: Services) {
    const switches = switchesOf(options);
    this.#check = nameCheck(options);
    this.#services = services;
    this.#book = bookOf(services);
    this.#counts = callCounts(options, this.#book, services.clock);
    this.#maxErrors = switches.max_errors_before_halt;
    this.#maxActions = options.max_actions_per_session;
    this.#inputTests = [
      ...(switches.halt_on_suspicious_pattern ? [SUSPICIOUS] : []),
      ...(switches.halt_on_pii_in_action ? [personalData()] : []),
    ];
  }

  request({ value }: { readonly value: JsonObject }, _places: unknown, context: RequestContext): Verdict {
    const uses = requestTools(value);
    const actor = this.#actorOf(value, context, uses);
    if (uses.length === 0) return ALLOW;
    return (
      this.#noted(actor, this.#halted(actor, value) ?? this.#tooMany(actor) ?? this.#refused(uses, context)) ?? ALLOW
    );
  }

  response({ value }: { readonly value: JsonObject }, _places: unknown, context: RequestContext): Verdict {
    const calls = answerCalls(value);
    if (calls.length === 0) return ALLOW;
    const answering = this.#answering(context);
    const stop =
      this.#refused(calls, context) ??
      this.#refusedInput(calls) ??
      this.#counts.take(
        answering,
        calls.map(({ name }) => name),
      ) ??
      this.#counts.weigh?.(answering, calls);
    return this.#noted(answering.actor, stop ?? null) ?? ALLOW;
  }

  stream(context: RequestContext): StreamTransform {
    const answering = this.#answering(context);
    const { actor } = answering;
    const { weigh } = this.#counts;
    const heed = (stop: Stop | null): void => {
      if (stop === null || (stop.action === "escalate" && actor.isApproved)) return;
      throw endOfStream(this.#noted(actor, stop)!);
    };
    const complete = (call: ToolCall): void => heed(this.#refusedInput([call]) ?? weigh?.(answering, [call]) ?? null);
    return toolGate({
      named: (name) => heed(this.#refused([{ name }], context) ?? this.#counts.take(answering, [name])),
      ...(this.#inputTests.length > 0 || weigh !== null ? { complete } : {}),
      malformed: (why) => {
        throw endOfStream(block("agent_firewall.malformed_tool_call", `a tool call cannot be checked: ${why}`));
      },
    });
  }

  #answering(context: RequestContext): Answering {
    return { actor: this.#actors.get(context) ?? this.#actorOf({}, context, []), said: new CallTally() };
  }

  /** Whose calls these are; a history that knows of more calls than we do is believed. */
  #actorOf(value: JsonObject, context: RequestContext, uses: readonly ToolUse[]): Actor {
    const caller = JSON.stringify(context.consumer);
    const matters = this.#maxActions !== undefined || this.#maxErrors !== undefined;
    const session = matters ? this.#book.session(sessionOf(value, context), this.#services.clock.monotonic()) : null;
    if (session !== null) {
      const recalled = uses.filter(({ kind }) => kind === "call").length;
      this.#book.exclusively(() => {
        session.actions = Math.max(session.actions, recalled);
      });
    }
    const actor = { caller, session, isApproved: context.escalation?.isApproved === true, counted: new CallTally() };
    this.#actors.set(context, actor);
    return actor;
  }

  #halted({ session }: Actor, value: JsonObject): Stop | null {
    const most = this.#maxErrors;
    if (most === undefined || session === null) return null;
    if (Math.max(session.refused, failedInARow(value)) < most) return null;
    const message = `the session has had ${most} errors and gets no more tools (max_errors_before_halt)`;
    return block("agent_firewall.session_halted", message);
  }

  #tooMany({ session }: Actor): Stop | null {
    const most = this.#maxActions;
    return most === undefined || session === null || session.actions <= most ? null : overSession(most);
  }

  #refused(uses: readonly { readonly name: string }[], context: RequestContext): Stop | null {
    for (const { name } of uses) {
      const stop = this.#check(name, context);
      if (stop !== null) return stop;
    }
    return null;
  }

  #refusedInput(calls: readonly ToolCall[]): Stop | null {
    for (const { reason, holds, what } of this.#inputTests) {
      const found = calls.find(({ input }) => holds(input));
      if (found !== undefined) {
        return block(`agent_firewall.${reason}`, `the arguments of ${shownTool(found.name)} hold ${what}`);
      }
    }
    return null;
  }

  #noted<T extends Stop | null>({ session, isApproved }: Actor, stop: T): T {
    if (stop === null || session === null || (stop.action === "escalate" && isApproved)) return stop;
    this.#book.exclusively(() => {
      session.refused++;
    });
    return stop;
  }
}

/** The book of the process: it survives a reload, and threads share one. */
function bookOf({ memory, sharedMemory, clock }: Services): Book {
  const known = memory?.get(NAME);
  if (known instanceof ActionBook || known instanceof SharedBook) return known;
  const offsetMs = clock.now() - clock.monotonic();
  const book = sharedMemory === undefined ? new ActionBook() : new SharedBook(sharedMemory, offsetMs);
  memory?.set(NAME, book);
  return book;
}
