import { asList, asText, isObject, type JsonObject } from "../lib/json/json.ts";
import { finishReason, throwIfChoiceFailed } from "./_chat-answer.ts";
import { splitContent } from "./_content-parts.ts";
import { type OmitSteps, stepsOmitted } from "./_hosted-tools.ts";
import { ToolDeltas } from "./_tool-deltas.ts";
import { wholeCalls } from "./_whole-calls.ts";
import { errorInAnswer, saysError } from "./errors/upstream-errors.ts";
import type { Codec, DecodeChunk, Dialect } from "./provider.ts";

/**
 * The chunks of a chat stream in OpenAI form, whoever sent them (see `decodeChatAnswer` for what that means). A chunk
 * without choices passes only when it brings usage: Azure's first one, with an empty id, would break naive clients.
 */
export const chatChunks: Codec["decodeStream"] = (request, dialect = "openai"): DecodeChunk => {
  const decode = chunksOf(dialect, stepsOmitted(request));
  return dialect === "mistral-plain" ? wholeCalls(decode) : decode;
};

function chunksOf(dialect: Dialect, omitted: (() => OmitSteps) | null): DecodeChunk {
  const tools = new Map<number, ToolDeltas>();
  const steps = new Map<number, OmitSteps>();
  return (chunk) => {
    if (saysError(chunk)) throw errorInAnswer(chunk);
    const counted = withUsage(chunk["error"] === undefined ? chunk : withoutError(chunk));
    const choices: unknown = counted["choices"];
    if (!Array.isArray(choices) || choices.length === 0)
      return isObject(counted["usage"]) ? withChoices(counted) : null;
    // runs for every token: nothing is allocated where nothing changes
    let fixed: unknown[] | null = null;
    for (let position = 0; position < choices.length; position++) {
      const came: unknown = choices[position];
      if (!isObject(came)) continue;
      throwIfChoiceFailed(came);
      if (dialect === "mistral") continue;
      const told = withDelta(came);
      const index = typeof told["index"] === "number" ? told["index"] : position;
      if (omitted !== null && !steps.has(index)) steps.set(index, omitted());
      const choice = withoutSteps(told, steps.get(index));
      if (hasCalls(choice) && !tools.has(index)) tools.set(index, new ToolDeltas(`${asText(chunk["id"])}/${index}`));
      const next = fixChoice(choice, index, tools.get(index));
      if (next === came) continue;
      fixed ??= [...choices];
      fixed[position] = next;
    }
    return fixed === null ? counted : { ...counted, choices: fixed };
  };
}

/** The AI SDK takes every chunk that has an `error` for one, be it null. */
function withoutError({ error: _none, ...chunk }: JsonObject): JsonObject {
  return chunk;
}

/** Groq puts usage into `x_groq` of the finish chunk, also where it was not asked for. */
function withUsage(chunk: JsonObject): JsonObject {
  const groq = chunk["x_groq"];
  if (!isObject(groq) || !isObject(groq["usage"]) || isObject(chunk["usage"])) return chunk;
  return { ...chunk, usage: groq["usage"] };
}

function withChoices(chunk: JsonObject): JsonObject {
  return Array.isArray(chunk["choices"]) ? chunk : { ...chunk, choices: [] };
}

function hasCalls(choice: JsonObject): boolean {
  const { delta } = choice;
  return isObject(delta) && Array.isArray(delta["tool_calls"]) && delta["tool_calls"].length > 0;
}

function fixChoice(choice: JsonObject, index: number, tools: ToolDeltas | undefined): JsonObject {
  const given = choice["delta"];
  // Azure's asynchronous filter sends choices without a delta
  const reason = finishReason(choice["finish_reason"]);
  const pieces = isObject(given) ? fixDelta(given, tools) : {};
  // no other reason says for certain that the calls are over
  const delta = reason === "tool_calls" && tools !== undefined ? withRest(pieces, tools) : pieces;
  if (delta === given && reason === choice["finish_reason"] && choice["index"] === index) return choice;
  return { ...choice, index, delta, finish_reason: reason ?? null };
}

/** A server that was not made to stream sends what it says in a `message`, as whole answers have it, all at once. */
function withDelta(choice: JsonObject): JsonObject {
  if (isObject(choice["delta"]) || !isObject(choice["message"])) return choice;
  const { message, ...rest } = choice;
  return { ...rest, delta: message };
}

function withoutSteps(choice: JsonObject, omit: OmitSteps | undefined): JsonObject {
  const { delta } = choice;
  if (omit === undefined || !isObject(delta)) return choice;
  const left = omit(delta);
  return left === delta ? choice : { ...choice, delta: left };
}

function withRest(delta: JsonObject, tools: ToolDeltas): JsonObject {
  const rest = tools.rest();
  if (rest.length === 0) return delta;
  const calls: readonly unknown[] = asList(delta["tool_calls"]);
  return { ...delta, tool_calls: [...calls, ...rest] };
}

function fixDelta(delta: JsonObject, tools: ToolDeltas | undefined): JsonObject {
  const content = delta["content"];
  const joined = Array.isArray(content) ? joinContent(delta, content) : delta;
  const calls = joined["tool_calls"];
  if (calls === undefined) return joined;
  if (tools === undefined || !Array.isArray(calls) || calls.length === 0) {
    const { tool_calls: _none, ...rest } = joined;
    return rest;
  }
  const fixed = tools.next(calls);
  return fixed === calls ? joined : { ...joined, tool_calls: fixed };
}

function joinContent(delta: JsonObject, content: readonly unknown[]): JsonObject {
  const split = splitContent(content);
  return {
    ...delta,
    content: split.text,
    ...(split.reasoning === "" ? {} : { reasoning_content: split.reasoning }),
    ...(split.others.length === 0 ? {} : { content_parts: split.others }),
  };
}
