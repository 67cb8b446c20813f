import { GatewayError } from "../lib/errors.ts";
import { MODEL_FACTS } from "./model-facts.ts";

const SERVED = MODEL_FACTS.map(({ method, path }) => `${method} ${path}`).join(", ");

/** Endpoints that other OpenAI- and Anthropic-shaped services have and this version has not. */
const ELSEWHERE =
  /^(?:\/v1)?\/(responses|messages|audio|images|ocr|files|batches|assistants|threads|realtime|vector_stores|uploads|fine_tuning|rerank|conversations|agents|classifications|chat\/moderations|chat\/classifications)(?:\/|$)/;

/** What SDKs have in place of an endpoint that is not here, by the endpoint's first word. */
const INSTEAD: Readonly<Record<string, string>> = {
  responses: "most SDKs can be told to use chat completions instead; ",
  messages: "use an SDK that speaks OpenAI's chat completions; ",
};

/** The longest first, so that `/chat/completions` is not taken for `/completions`. */
const ENDS = [...MODEL_FACTS.map(({ path }) => path), "/v1/models"].sort((a, b) => b.length - a.length);

/**
 * What a client meant whose base URL says too much or too little, or null: the whole endpoint, `/v1` twice, another
 * service's prefix (`/openai/deployments/NAME`), a second slash.
 */
function meant(path: string): string | null {
  const asked = path.toLowerCase();
  return ENDS.find((end) => asked.endsWith(end.slice("/v1".length))) ?? null;
}

/** What no route answers, in words that say what is served instead. `path` is shown, its query never. */
export function notFound(method: string, path: string): GatewayError {
  const shown = path.replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
  if (path.startsWith("/console/")) {
    return new GatewayError("not_found", `There is no ${shown}: the console begins at GET /console`);
  }
  if (path === "/api" || path.startsWith("/api/")) {
    const message = `There is no ${method} ${shown}: GET /docs lists what /api serves`;
    return pointingOut(new GatewayError("not_found", message), path);
  }
  return new GatewayError(
    "not_found",
    `${method} ${shown} ${wayOut(path)}served are ${SERVED}, GET /v1/models, GET /health; GET /docs lists all`,
  );
}

/**
 * A refusal behind `/api`, with the model route that a client meant whose base URL is another service's (`/api/v1`): else
 * its user would look for an admin token. The same object where none was meant.
 */
export function pointingOut(error: GatewayError, path: string): GatewayError {
  const served = meant(path);
  if (served === null) return error;
  const message = `${error.message}. Where ${served} was meant: set the client's base URL so that it asks for that`;
  return new GatewayError(error.code, message, error.details);
}

function wayOut(path: string): string {
  const elsewhere = ELSEWHERE.exec(path)?.[1];
  if (elsewhere !== undefined) return `is not served by this version: ${INSTEAD[elsewhere] ?? ""}`;
  const served = meant(path);
  if (served === null) return "is not there: ";
  return `is not there, but ${served} is: set the client's base URL so that it asks for that; `;
}
