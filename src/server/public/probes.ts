import { toGatewayError } from "../../lib/errors.ts";
import { errorResponse } from "../error-response.ts";
import type { ServerOptions } from "../options.ts";
import type { Call } from "../route.ts";
import { healthRoutes } from "./health-routes.ts";

/** Answers a call, or null where it asks for something else. The answer never rejects. */
export type Probes = (call: Omit<Call, "params">) => Promise<Response> | null;

/**
 * The routes of health, answered without the rest of the server: a process is ready when it can serve models, and says
 * so before the console's, the documents' and the API's routes have been made.
 */
export function createProbes(options: ServerOptions): Probes {
  const routes = new Map(healthRoutes(options).map((route) => [route.path, route]));
  return (call) => {
    const route = routes.get(call.path);
    const { method } = call.request;
    if (route === undefined || (method !== "GET" && method !== "HEAD")) return null;
    const answered = Promise.try(() => route.handle({ ...call, params: {} })).catch((thrown: unknown) => {
      const error = toGatewayError(thrown);
      if (error.code === "internal") call.log(error);
      return errorResponse(error, call.requestId);
    });
    return answered.then((response) => {
      options.metrics.recordRoute(route.path, method, response.status);
      return response;
    });
  };
}
