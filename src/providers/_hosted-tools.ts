import { applyEdits } from "../lib/edits/edits.ts";
import { MemberEditor } from "../lib/edits/members.ts";
import { asList, isObject, type JsonObject, memberOf, type Parsed, reparsed } from "../lib/json/json.ts";
import { rootElements } from "../lib/json/scan.ts";

/**
 * Whether a choice of a whole answer holds a list of `messages` in place of one `message`: where Mistral has used tools
 * of its own (`web_search`, connectors), it gives every step, calls and their results included.
 */
function tellsSteps(choice: unknown): choice is JsonObject & { readonly messages: readonly unknown[] } {
  return isObject(choice) && !isObject(choice["message"]) && Array.isArray(choice["messages"]);
}

/**
 * An answer whose choices have one `message` each, as OpenAI's clients read it: what the model said in all steps, and
 * the calls that nobody has answered yet. The steps stay beside it. The same object where no choice tells any.
 */
export function withMessages(answer: Parsed): Parsed {
  const { choices } = answer.value;
  if (!Array.isArray(choices) || !choices.some(tellsSteps)) return answer;
  const edits = rootElements(answer.source, "choices").flatMap((span, at) => {
    const choice: unknown = choices[at];
    if (!tellsSteps(choice)) return [];
    const editor = new MemberEditor(answer.source, span.start);
    editor.set("message", JSON.stringify(messageOf(choice.messages.filter(isObject))));
    return editor.edits();
  });
  return reparsed(applyEdits(answer.source, edits));
}

function messageOf(steps: readonly JsonObject[]): JsonObject {
  const answered = new Set(steps.map((step) => step["tool_call_id"]));
  const said = steps.filter((step) => step["role"] !== "tool");
  const open = said
    .flatMap((step) => asList(step["tool_calls"]))
    .filter((call) => !(isObject(call) && answered.has(call["id"])));
  const parts = said.flatMap(({ content }) =>
    Array.isArray(content) ? content : typeof content === "string" ? [content] : [],
  );
  return {
    role: "assistant",
    content: parts.every((part) => typeof part === "string") ? parts.join("") : parts,
    ...(open.length === 0 ? {} : { tool_calls: open }),
  };
}

/**
 * Takes the steps of such tools out of the deltas of one choice of a stream, because clients put all deltas into one
 * message: results of tools, for which OpenAI has no place, and calls that are not the caller's to run.
 */
export type OmitSteps = (delta: JsonObject) => JsonObject;

/** Null where a request offers no tools but the caller's own functions. To be asked anew for every choice. */
export function stepsOmitted({ value }: Parsed): (() => OmitSteps) | null {
  const tools: readonly unknown[] = asList(value["tools"]);
  if (!tools.some(isHosted)) return null;
  const own = new Set(tools.map(functionName));
  return () => new Steps(own).omit;
}

/** The steps of one choice as far as they are known. */
class Steps {
  readonly #own: ReadonlySet<string | null>;
  /** The role of each message, by its index. */
  readonly #roles = new Map<unknown, unknown>();
  /** Calls of a message that go, by their index: further pieces of them have no name. */
  readonly #omitted = new Set<unknown>();
  #spoke = false;
  /** The message that deltas are of which do not say it. */
  #at: unknown;

  constructor(own: ReadonlySet<string | null>) {
    this.#own = own;
  }

  readonly omit: OmitSteps = (delta) => {
    const { index = this.#at, role, ...rest } = delta;
    if (index !== this.#at) this.#omitted.clear();
    this.#at = index;
    if (typeof role === "string") this.#roles.set(index, role);
    if (this.#roles.get(index) === "tool") return {};
    // clients append what they get: one message has one role
    const said = role === undefined || this.#spoke ? rest : { role, ...rest };
    this.#spoke ||= role !== undefined;
    const calls = rest["tool_calls"];
    return Array.isArray(calls) ? { ...said, tool_calls: calls.filter((call) => this.#isOwn(call)) } : said;
  };

  #isOwn(call: unknown): boolean {
    const name = functionName(call);
    const index = memberOf(call, "index");
    if (name === null) return !this.#omitted.has(index);
    const isOwn = this.#own.has(name);
    if (isOwn) this.#omitted.delete(index);
    else this.#omitted.add(index);
    return isOwn;
  }
}

function isHosted(tool: unknown): boolean {
  return isObject(tool) && typeof tool["type"] === "string" && tool["type"] !== "function" && tool["type"] !== "custom";
}

function functionName(described: unknown): string | null {
  const name = memberOf(memberOf(described, "function"), "name");
  return typeof name === "string" && name !== "" ? name : null;
}
