import type { Config } from "../../config/config.ts";
import { createGateway } from "../../gateway/build.ts";
import type { Env } from "../../gateway/targets/make-target.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Endpoint } from "../../lib/context.ts";
import { toGatewayError } from "../../lib/errors.ts";
import { answerPlaces, chunkPlaces, requestPlaces } from "../../lib/places/extract.ts";
import { asObject, isObject, type JsonObject, parsedObject } from "../../lib/json/json.ts";
import { silentLogger } from "../../lib/logger.ts";
import type { ContextGuard } from "../../lib/tokens/context-guard.ts";
import type { TestCase } from "../../schema/config/testing.ts";
import type { RequestEvent } from "../../schema/event.ts";
import { errorResponse } from "../../server/error-response.ts";
import { scriptedAnswer } from "./answers.ts";
import { caseGateway } from "./config.ts";

/** What one case came to. */
export interface CaseOutcome {
  /** The ledger's entry of the request; null where it was not even asked. */
  readonly event: RequestEvent | null;
  /** The text that went to the upstream; null: nothing did. */
  readonly forwarded: string | null;
  /** The text that the upstream was told to answer; null where the case scripts none. */
  readonly scripted: string | null;
  /** The text that the client got, errors included. */
  readonly answered: string;
  /** Why there was no answer, where policies had nothing to do with it; null: there was one. */
  readonly trouble: string | null;
}

/** Where the cases are run. */
export interface CaseStage {
  readonly config: Config;
  readonly env: Env;
  readonly guard: ContextGuard;
}

/** Runs one case through a gateway of its own, so that cases do not know of each other. Never rejects. */
export async function runCase(stage: CaseStage, one: TestCase): Promise<CaseOutcome> {
  const nothing = { event: null, forwarded: null, scripted: null, answered: "" };
  try {
    return await ask(stage, one);
  } catch (thrown) {
    return { ...nothing, trouble: toGatewayError(thrown).message };
  }
}

async function ask({ config, env, guard }: CaseStage, one: TestCase): Promise<CaseOutcome> {
  const body = bodyOf(config, one);
  const value = asObject(body);
  const endpoint = endpointOf(one, value);
  const stream = value["stream"] === true;
  const at = caseGateway(config, one, { env, model: value["model"] });
  const { upstream_response: response, upstream_stream: pieces } = one.input;
  const script = { endpoint, model: String(value["model"] ?? ""), response, stream: pieces };
  const sent: string[] = [];
  const events: RequestEvent[] = [];
  const upstream = async (_url: string, init: { readonly body: string | Uint8Array }): Promise<Response> => {
    sent.push(
      textIn(endpoint, parsedObject(typeof init.body === "string" ? init.body : new TextDecoder().decode(init.body))),
    );
    return scriptedAnswer(script, stream);
  };
  const gateway = createGateway({
    config: at.config,
    services: { fetch: upstream as unknown as typeof fetch, clock: systemClock },
    env: at.env,
    log: silentLogger,
    guard,
    failMode: "block",
    onEvent: (event) => events.push(event),
    admits: () => true,
  });
  at.headers.set("content-type", "application/json");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request("http://weir.invalid/v1", { method: "POST", headers: at.headers, body: text });
  const answer = await gateway
    .answer(endpoint, request, { id: "case", address: null })
    .catch((thrown) => errorResponse(toGatewayError(thrown), "case"));
  const answered = await answer.text();
  const event = events[0] ?? null;
  const scripted = response === undefined && pieces === undefined ? null : await scriptText(script, stream);
  const seen = seenBy(endpoint, answered);
  return {
    event,
    forwarded: sent.length === 0 ? null : sent.join("\n"),
    scripted,
    answered: [seen.text, seen.error ?? ""].join("\n"),
    trouble: event?.outcome === "ok" || isVerdict(event) ? null : (seen.error ?? "the request was not answered"),
  };
}

/** Whether policies ended the request. */
function isVerdict(event: RequestEvent | null): boolean {
  return ["input_blocked", "output_blocked", "escalation_required"].includes(event?.outcome ?? "");
}

function bodyOf(config: Config, { input }: TestCase): unknown {
  const { messages, request } = input;
  if (request !== undefined && !isObject(request)) return request;
  const stream = input.upstream_stream === undefined ? {} : { stream: true };
  const model = config.model_groups[0]?.name ?? config.providers.targets[0]?.model;
  return { model, ...(messages === undefined ? {} : { messages }), ...request, ...stream };
}

function endpointOf({ input }: TestCase, body: JsonObject): Endpoint {
  if (input.endpoint !== undefined) return input.endpoint;
  if ("messages" in body) return "chat";
  if ("prompt" in body) return "suffix" in body ? "fim" : "completions";
  return "input" in body ? "embeddings" : "chat";
}

async function scriptText(script: Parameters<typeof scriptedAnswer>[0], stream: boolean): Promise<string> {
  return seenBy(script.endpoint, await scriptedAnswer(script, stream).text()).text;
}

/** Every text of a body or of a stream, and the message of the error that it is or ends with. */
function seenBy(endpoint: Endpoint, body: string): { text: string; error: string | null } {
  const whole = parsedObject(body);
  if (whole !== null) {
    const error = messageOf(whole);
    return {
      text:
        error === null
          ? answerPlaces(endpoint, whole)
              .map(({ text }) => text)
              .join("\n")
          : "",
      error,
    };
  }
  const lanes = new Map<string, string>();
  let error: string | null = null;
  for (const [, line = ""] of body.matchAll(/^data: ?(.*)$/gm)) {
    const chunk = parsedObject(line);
    if (chunk === null) continue;
    error ??= messageOf(chunk);
    if ("error" in chunk) continue;
    for (const { lane, text } of chunkPlaces(endpoint, chunk)) lanes.set(lane, (lanes.get(lane) ?? "") + text);
  }
  return { text: [...lanes.values()].join("\n"), error };
}

function textIn(endpoint: Endpoint, body: JsonObject | null): string {
  return body === null
    ? ""
    : requestPlaces(endpoint, body)
        .map(({ text }) => text)
        .join("\n");
}

function messageOf({ error }: JsonObject): string | null {
  if (!isObject(error)) return null;
  return typeof error["message"] === "string" ? error["message"] : JSON.stringify(error);
}
