import { clientAddress, proxyDepth } from "../../gateway/admission/address.ts";
import type { Caller } from "../../gateway/gateway-api.ts";
import { type GatewayError, toGatewayError } from "../../lib/errors.ts";
import { requestId } from "../../lib/ids.ts";
import { once } from "../../lib/once.ts";
import type { App } from "../app.ts";
import { errorResponse } from "../error-response.ts";
import { isGuarded } from "../guarded.ts";
import type { ServerOptions } from "../options.ts";
import { createProbes } from "../public/probes.ts";
import type { Peer } from "../route.ts";
import { preflight, share } from "./cors.ts";
import { pageFault } from "./foreign-page.ts";
import { checkHead, type Target, targetOf } from "./head.ts";
import { modelRoute } from "./model-routes.ts";

/** The whole server without its socket. */
export interface Handler {
  /** Elysia's part, made when it is first asked for: a start does without it. */
  readonly app: () => Promise<App>;
  /** Every route but the model routes, behind the door. */
  readonly answerOther: AnswerOther;
  /** Answers one request. Never rejects. */
  handle(request: Request, peer: Peer): Promise<Response>;
}

/** Answers a request of any route but the model routes. May reject. */
export type AnswerOther = (request: Request, arrival: Arrival) => Promise<Response>;

/** What the door needs. */
export interface DoorOptions {
  readonly runtime: Pick<ServerOptions["runtime"], "gateway">;
  readonly log: ServerOptions["log"];
  readonly answerOther: AnswerOther;
}

/** The whole server, with every route. */
export function createHandler(options: ServerOptions): Handler {
  const { log } = options;
  const app = once(async () => (await import("../app.ts")).createApp(options));
  const probes = createProbes(options);
  const answerOther: AnswerOther = async (request, { peer, id, target }) => {
    const { path, query } = target;
    const report = (error: GatewayError): void =>
      log.error({ request_id: id, path, cause: causeOf(error) }, "a request failed inside");
    const parameters = new URLSearchParams(query);
    const client = clientOf(peer, request.headers, options);
    const call = { request, requestId: id, path, query: parameters, peer: client, log: report };
    const response = await (probes(call) ?? app().then(({ handle }) => handle(call)));
    response.headers.set("x-request-id", id);
    return response;
  };
  return { app, answerOther, handle: createDoor({ ...options, answerOther }) };
}

/**
 * The door of the house. Model routes go straight to the gateway, since Elysia in front of them costs 14 % at 32 KB;
 * everything else is Elysia's.
 */
export function createDoor({ runtime, log, answerOther }: DoorOptions): Handler["handle"] {
  const failed = (thrown: unknown, id: string): Response => {
    const error = toGatewayError(thrown);
    // 499: the client has gone, which is no fault of ours
    const ours = error.code === "internal" && error.status !== 499;
    if (ours) log.error({ request_id: id, cause: causeOf(error) }, "a request failed inside");
    const { max_retry_after_seconds } = runtime.gateway.config.providers.retry;
    return errorResponse(error, id, max_retry_after_seconds * 1000);
  };
  const answer = (request: Request, arrival: Arrival): Promise<Response> => {
    const endpoint = request.method === "POST" ? modelRoute(arrival.target.path) : null;
    if (endpoint === null) return withPatience(answerOther, request, arrival);
    const fault = pageFault(request, arrival.peer, runtime.gateway.config);
    if (fault !== null) return Promise.reject(fault);
    return runtime.gateway.answer(endpoint, request, callerOf(arrival));
  };
  return (request, peer) => {
    const id = requestId(request.headers.get("x-request-id"));
    const fault = checkHead(request);
    if (fault !== null) return Promise.resolve(failed(fault, id));
    const target = targetOf(request.url);
    const { cors } = runtime.gateway.config.server;
    const shared = cors !== undefined && !isGuarded(target.path) ? cors : null;
    const early = shared === null ? null : preflight(shared, request);
    if (early !== null) return Promise.resolve(early);
    const answered = answer(request, { peer, id, target }).catch((thrown: unknown) => failed(thrown, id));
    return shared === null ? answered : answered.then((response) => share(shared, request, response));
  };
}

/** Whoever has no more to say waits for as long as the answer takes, a feed without end included. */
async function withPatience(answer: AnswerOther, request: Request, arrival: Arrival): Promise<Response> {
  if (request.body === null) arrival.peer.received();
  const response = await answer(request, arrival);
  if (response.headers.get("content-type")?.includes("event-stream") !== true) arrival.peer.answered();
  return response;
}

/** What is known of a request when it comes in. */
export interface Arrival {
  readonly peer: Peer;
  readonly id: string;
  readonly target: Target;
}

/** Who asks behind the proxies that are trusted: log-ins are limited by it, and the log and the ledger name it. */
function clientOf(peer: Peer, headers: Headers, { runtime }: Pick<ServerOptions, "runtime">): Peer {
  const address = () => clientAddress(headers, { address: peer.address() }, proxyDepth(runtime.gateway.config));
  return { address, loopback: peer.loopback, received: () => peer.received(), answered: () => peer.answered() };
}

/** The address is looked up only when somebody asks for it: that costs more than all the rest here. */
function callerOf({ peer, id }: Arrival): Caller {
  return {
    id,
    bodyRead: () => peer.received(),
    answered: () => peer.answered(),
    get address() {
      return peer.address();
    },
  };
}

/** What went wrong, for the log only: name, message and stack of the cause. */
function causeOf({ cause }: GatewayError): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
