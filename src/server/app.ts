import { Elysia } from "elysia";
import { GatewayError, toGatewayError } from "../lib/errors.ts";
import { adminRoutes } from "./admin/routes.ts";
import { type AdminDoor, createAdminDoor } from "./auth.ts";
import { consoleRoutes, pageInstead } from "./console/routes.ts";
import { Sessions } from "./console/session.ts";
import { docsRoutes } from "./docs/routes.ts";
import { errorResponse } from "./error-response.ts";
import { GUARDED, isGuarded } from "./guarded.ts";
import { metricsRoute } from "./metrics/route.ts";
import { MODEL_FACTS } from "./model-facts.ts";
import { notFound, pointingOut } from "./not-found.ts";
import type { ServerOptions } from "./options.ts";
import { packed } from "./packed.ts";
import { healthRoutes } from "./public/health-routes.ts";
import { modelsRoutes } from "./public/models-routes.ts";
import { receiptsRoutes } from "./public/receipts-routes.ts";
import { regionsRoutes } from "./public/regions-routes.ts";
import { allowOf, type Call, pathsOf, type Route, type RouteFacts } from "./route.ts";

/** Elysia's part of the server: every route but the model routes. */
export interface App {
  /** The table all of it comes from, the model routes' facts included. */
  readonly facts: readonly RouteFacts[];
  /** Answers one request; `call.path` decides, the URL's host does not. Never rejects. */
  handle(call: Omit<Call, "params">): Promise<Response>;
}

/** Builds the app from the route table. */
export function createApp(options: ServerOptions): App {
  const sessions = new Sessions(options.clock);
  const door = createAdminDoor({ ...options, hash: options.adminHash, sessions });
  const table = [
    ...modelsRoutes(options),
    ...regionsRoutes(options),
    ...healthRoutes(options),
    metricsRoute(options),
    ...receiptsRoutes(options),
    ...adminRoutes(options, door),
    ...consoleRoutes(options, { sessions, door }),
  ];
  const routes = [...table, ...docsRoutes([...MODEL_FACTS, ...table], options)];
  const facts = [...MODEL_FACTS, ...routes];
  const calls = new WeakMap<Request, Omit<Call, "params">>();
  const run = async (request: Request, work: Work): Promise<Response> => {
    const call = calls.get(request)!;
    const response = await answer(work, { call, door });
    options.metrics.recordRoute(work.name, call.request.method, response.status);
    return response;
  };
  // `normalize` would strip undeclared keys; without hooks and schemas Elysia only routes, which is what it is good at,
  // and what it would compile at its first request (`aot`) makes a cold start 3 ms longer
  const app = new Elysia({ normalize: false, aot: false });
  for (const route of routes) {
    for (const pattern of pathsOf(route)) {
      const handler = ({ request }: { request: Request }) => run(request, { name: route.path, route, pattern });
      if (route.method === "GET") app.get(pattern, handler, { parse: "none" });
      else app.post(pattern, handler, { parse: "none" });
    }
  }
  const known = methodsByPath(facts);
  for (const [pattern, methods] of known) {
    const refuse = ({ request }: { request: Request }) =>
      run(request, { name: pattern, allow: allowOf(methods), pattern });
    app.all(pattern, refuse, { parse: "none" });
    // a wildcard above that has this method would come first
    if (!methods.includes("GET")) app.get(pattern, refuse, { parse: "none" });
  }
  for (const prefix of GUARDED) {
    const handler = ({ request }: { request: Request }) => run(request, { name: "unknown", pattern: prefix });
    // what comes later would take the place of the routes above
    for (const pattern of [prefix, `${prefix}/*`])
      if (!known.has(pattern)) app.all(pattern, handler, { parse: "none" });
  }
  app.onError(({ request, code, error }) => {
    if (code === "NOT_FOUND") return run(request, { name: "unknown", pattern: "" });
    return errorResponse(toGatewayError(error), calls.get(request)?.requestId ?? "");
  });
  return {
    facts,
    async handle(call) {
      const { method, headers } = call.request;
      const asked = method === "HEAD" ? "GET" : method;
      const request = new Request(`http://weir.internal${call.path}`, { method: asked, headers });
      calls.set(request, call);
      return app.fetch(request);
    },
  };
}

/** What is to be done once a path is known: a route, a wrong method (`allow`), or neither. */
interface Work {
  readonly name: string;
  readonly pattern: string;
  readonly route?: Route;
  readonly allow?: string;
}

async function answer(work: Work, { call, door }: { call: Omit<Call, "params">; door: AdminDoor }): Promise<Response> {
  const { request, path, requestId } = call;
  try {
    if (work.route === undefined ? isGuarded(path) : work.route.access === "admin") knock(call, { door, work });
    if (work.route !== undefined) {
      const answered = await work.route.handle({ ...call, params: paramsOf(work.pattern, path) });
      return work.route.access === "admin" ? await packed(request.headers, answered) : answered;
    }
    if (work.allow === undefined) throw notFound(request.method, path);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: work.allow } });
    throw new GatewayError("method_not_allowed", `Cannot answer ${request.method} here: use ${work.allow}`, {
      headers: { allow: work.allow },
    });
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === "internal") call.log(error);
    const instead = pageInstead(call, error);
    if (instead !== null) return instead;
    return errorResponse(error, requestId);
  }
}

/** Throws what the door says to whoever may not pass; where nothing stands behind it, with the path that may be meant. */
function knock(
  { request: { method, headers }, path, requestId, peer }: Omit<Call, "params">,
  { door, work }: { door: AdminDoor; work: Work },
): void {
  try {
    door.check({ method, headers, path, requestId, address: peer.address() });
  } catch (thrown) {
    throw work.route === undefined && work.allow === undefined ? pointingOut(toGatewayError(thrown), path) : thrown;
  }
}

function methodsByPath(facts: readonly RouteFacts[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const fact of facts) {
    for (const path of pathsOf(fact)) methods.set(path, [...(methods.get(path) ?? []), fact.method]);
  }
  return methods;
}

/** The named segments of a path that matched a pattern, decoded; `*` is the rest. */
function paramsOf(pattern: string, path: string): Record<string, string> {
  const segments = path.split("/");
  const params: Record<string, string> = {};
  for (const [at, part] of pattern.split("/").entries()) {
    if (part === "*") params["*"] = decoded(segments.slice(at).join("/"));
    else if (part.startsWith(":")) params[part.slice(1)] = decoded(segments[at] ?? "");
  }
  return params;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GatewayError("invalid_request", "Cannot read the path: its percent-encoding is broken");
  }
}
