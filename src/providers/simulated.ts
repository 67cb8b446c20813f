import type { Endpoint } from "../lib/context.ts";
import type { JsonObject } from "../lib/json/json.ts";
import { pause } from "../lib/pause.ts";
import { decodeUpstreamError } from "./errors/upstream-errors.ts";
import { openaiCodecs } from "./openai/codec.ts";
import type { Provider, TransportOptions } from "./provider.ts";
import {
  chatAnswer,
  completionAnswer,
  type Envelope,
  embeddingsAnswer,
  moderationsAnswer,
} from "./simulated/answers.ts";
import { type Plan, planChat, planCompletion } from "./simulated/chat.ts";
import { failsNext, failure, faultsOf } from "./simulated/faults.ts";
import { brokenConnection, eventsOf, pacedStream, type StreamForm } from "./simulated/stream.ts";

/** Tokens per second where the target names no `tokens_per_second`: about what hosted models give. */
const TOKENS_PER_SECOND = 60;

/**
 * Answers in the process, with no network: the same request always gives the same text, tool call or vector. For demos,
 * first steps and fault drills; every answer's `model` says `simulated/…`.
 */
export const simulated: Provider<"simulated"> = {
  name: "simulated",
  baseUrl: "simulated://in-process/v1",
  apiKeyEnv: null,
  codecs: openaiCodecs,
  streamUsage: "always",
  continuesPrefix: true,
  decodeError: decodeUpstreamError,
  transport: answer,
  localProbe: probed,
};

/** As slow as the target is told to be, and failing only where every request does: a probe is no request to count. */
async function probed({ clock, signal, settings }: TransportOptions): Promise<number> {
  const { latencyMs, errorRate, status } = faultsOf(settings);
  signal.throwIfAborted();
  await pause(latencyMs, clock, signal);
  signal.throwIfAborted();
  return errorRate === 1 ? status : 200;
}

async function answer(body: JsonObject, endpoint: Endpoint, options: TransportOptions): Promise<Response> {
  const { clock, signal, settings } = options;
  const faults = faultsOf(settings);
  const fails = failsNext(settings, faults.errorRate);
  signal.throwIfAborted();
  await pause(faults.latencyMs, clock, signal);
  signal.throwIfAborted();
  if (fails) return failure(faults.status);
  const envelope = envelopeOf(body, endpoint, options);
  if (endpoint === "embeddings") return Response.json(embeddingsAnswer(body, envelope));
  if (endpoint === "moderations") return Response.json(moderationsAnswer(body, envelope));
  const plan = endpoint === "chat" ? planChat(body) : planCompletion(body);
  if (body["stream"] === true) return streamed(plan, envelope, { endpoint, options });
  if (faults.cutAfterTokens !== null && faults.cutAfterTokens < plan.completionTokens) throw brokenConnection();
  return Response.json(endpoint === "completions" ? completionAnswer(plan, envelope) : chatAnswer(plan, envelope));
}

function streamed(plan: Plan, envelope: Envelope, about: { endpoint: Endpoint; options: TransportOptions }): Response {
  const { endpoint, options } = about;
  const { clock, signal, settings } = options;
  const speed = settings["tokens_per_second"];
  const tokensPerSecond = typeof speed === "number" && speed > 0 ? speed : TOKENS_PER_SECOND;
  const form: StreamForm = endpoint === "completions" ? "completion" : "chat";
  const { cutAfterTokens } = faultsOf(settings);
  const stream = pacedStream(eventsOf(plan, envelope, form), { tokensPerSecond, cutAfterTokens, clock, signal });
  return new Response(stream, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

const PREFIX: Readonly<Record<Endpoint, string>> = {
  chat: "chatcmpl",
  completions: "cmpl",
  fim: "chatcmpl",
  embeddings: "embd",
  moderations: "modr",
};

function envelopeOf(body: JsonObject, endpoint: Endpoint, { clock }: TransportOptions): Envelope {
  const model = typeof body["model"] === "string" ? body["model"] : "model";
  return {
    id: `${PREFIX[endpoint]}-simulated-${Bun.randomUUIDv7()}`,
    created: Math.floor(clock.now() / 1000),
    model: model.startsWith("simulated/") ? model : `simulated/${model}`,
  };
}
