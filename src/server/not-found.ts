import { GatewayError } from "../lib/errors.ts";
import { MODEL_FACTS } from "./model-facts.ts";

const SERVED = MODEL_FACTS.map(({ method, path }) => `${method} ${path}`).join(", ");

/** Endpoints that other OpenAI- and Anthropic-shaped services have and this version has not. */
const ELSEWHERE =
  /^(?:\/v1)?\/(?:responses|messages|audio|images|ocr|files|batches|assistants|threads|realtime|vector_stores|uploads|fine_tuning|rerank|conversations|agents|classifications|chat\/moderations|chat\/classifications)(?:\/|$)/;

/** What no route answers, in words that say what is served instead. `path` is shown, its query never. */
export function notFound(method: string, path: string): GatewayError {
  const shown = path.replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
  if (path.startsWith("/console/")) {
    return new GatewayError("not_found", `There is no ${shown}: the console begins at GET /console`);
  }
  if (path === "/api" || path.startsWith("/api/")) {
    return new GatewayError("not_found", `There is no ${method} ${shown}: GET /docs lists what /api serves`);
  }
  const why = ELSEWHERE.test(path) ? "is not served by this version" : "is not there";
  return new GatewayError(
    "not_found",
    `${method} ${shown} ${why}: served are ${SERVED}, GET /v1/models, GET /health; GET /docs lists all`,
  );
}
