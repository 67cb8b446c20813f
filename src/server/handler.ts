import type { Gateway } from "../gateway/gateway-api.ts";
import type { Endpoint } from "../lib/context.ts";
import { type GatewayError, toGatewayError } from "../lib/errors.ts";
import { requestId } from "../lib/ids.ts";
import { createApp, isGuarded } from "./app.ts";
import { preflight, share } from "./cors.ts";
import { errorResponse } from "./error-response.ts";
import { checkHead, type Target, targetOf } from "./head.ts";
import { modelRoute } from "./model-routes.ts";
import type { ServerOptions } from "./options.ts";
import type { Peer, RouteFacts } from "./route.ts";

/** The whole server without its socket. */
export interface Handler {
  /** The route table, for documents and tests. */
  readonly facts: readonly RouteFacts[];
  /** Answers one request. Never rejects. */
  handle(request: Request, peer: Peer): Promise<Response>;
}

/**
 * The door of the house. Model routes go straight to the gateway, since Elysia in front of them costs 14 % at 32 KB
 * (`performance.md`); everything else is Elysia's.
 */
export function createHandler(options: ServerOptions): Handler {
  const { runtime, log } = options;
  const app = createApp(options);
  const failed = (error: GatewayError, id: string): Response => {
    if (error.code === "internal") log.error({ request_id: id, cause: causeOf(error) }, "a request failed inside");
    const { max_retry_after_seconds } = runtime.gateway.config.providers.retry;
    return errorResponse(error, id, max_retry_after_seconds * 1000);
  };
  const ask = async (gateway: Gateway, endpoint: Endpoint, { request, peer, id }: Incoming): Promise<Response> => {
    return gateway.answer(endpoint, request, {
      id,
      bodyRead: () => peer.received(),
      get address() {
        return peer.address();
      },
    });
  };
  const route = async (incoming: Incoming): Promise<Response> => {
    const { request, peer, id, target } = incoming;
    const { path, query } = target;
    if (request.method === "POST") {
      const endpoint = modelRoute(path);
      if (endpoint !== null) return ask(runtime.gateway, endpoint, incoming);
    }
    const response = await app.handle({
      request,
      requestId: id,
      path,
      query: new URLSearchParams(query),
      peer,
      log: (error) => log.error({ request_id: id, path, cause: causeOf(error) }, "a request failed inside"),
    });
    response.headers.set("x-request-id", id);
    return request.method === "HEAD" ? withoutBody(response) : response;
  };
  return {
    facts: app.facts,
    async handle(request, peer) {
      const id = requestId(request.headers.get("x-request-id"));
      const target = targetOf(request.url);
      const cors = isGuarded(target.path) ? undefined : runtime.gateway.config.server.cors;
      let response: Response;
      try {
        const fault = checkHead(request);
        if (fault !== null) throw fault;
        const early = cors === undefined ? null : preflight(cors, request);
        response = early ?? (await route({ request, peer, id, target }));
      } catch (thrown) {
        response = failed(toGatewayError(thrown), id);
      }
      if (cors !== undefined) share(cors, request, response);
      return response;
    },
  };
}

interface Incoming {
  readonly request: Request;
  readonly peer: Peer;
  readonly id: string;
  readonly target: Target;
}

function withoutBody(response: Response): Response {
  return new Response(null, { status: response.status, headers: response.headers });
}

/** What went wrong, for the log only: name, message and stack of the cause. */
function causeOf({ cause }: GatewayError): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
