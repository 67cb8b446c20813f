import type { TSchema } from "@sinclair/typebox";
import type { BuildInfo } from "../../lib/build-info.ts";
import { ERRORS, type ErrorCode } from "../../lib/errors.ts";
import { ChatRequest } from "../../schema/chat.ts";
import { RequestEvent } from "../../schema/event.ts";
import { CompletionRequest, EmbeddingsRequest, FimRequest, ModerationsRequest } from "../../schema/text-requests.ts";
import { WireError } from "../../schema/wire-error.ts";
import type { Access, BodyShape, RouteFacts } from "../route.ts";

/** An OpenAPI 3.1 document, as far as we write one. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

/** One operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly description: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly [member: string]: unknown;
}

/** Shapes that have a name of their own in the document; TypeBox values are JSON Schema as they stand. */
const NAMED: ReadonlyMap<TSchema, string> = new Map<TSchema, string>([
  [ChatRequest, "ChatRequest"],
  [CompletionRequest, "CompletionRequest"],
  [FimRequest, "FimRequest"],
  [EmbeddingsRequest, "EmbeddingsRequest"],
  [ModerationsRequest, "ModerationsRequest"],
  [RequestEvent, "RequestEvent"],
  [WireError, "Error"],
]);

/** What any route can answer: a head that cannot be read, or an error of ours. */
const COMMON_ERRORS: readonly ErrorCode[] = ["invalid_request", "internal"];

const ACCESS_ERRORS: Readonly<Record<Access, readonly ErrorCode[]>> = {
  open: COMMON_ERRORS,
  metrics: [...COMMON_ERRORS, "invalid_api_key"],
  admin: [...COMMON_ERRORS, "invalid_api_key", "admin_token_missing"],
};

/** The document of all these routes, each with the errors it can answer. */
export function openApiOf(routes: readonly RouteFacts[], build: BuildInfo): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = documentPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Weir",
      version: build.version,
      description: "An LLM gateway that speaks OpenAI's wire format. Paths below /v1 also answer without /v1.",
    },
    paths,
    components: {
      schemas: Object.fromEntries([...NAMED].map(([schema, name]) => [name, schema])),
      securitySchemes: {
        admin: { type: "http", scheme: "bearer", description: "The token that `weir admin token` prints" },
        metrics: { type: "http", scheme: "bearer", description: "The token of telemetry.metrics.token_ref" },
        consumer: { type: "http", scheme: "bearer", description: "A consumer's key, where `consumers` are configured" },
      },
    },
  };
}

/** `/api/events/{id}` for `/api/events/:id`, `/v1/models/{id}` for `/v1/models/*`. */
function documentPath(path: string): string {
  return path.replace(/:([a-z]+)/g, "{$1}").replace(/\*$/, "{id}");
}

function operationOf(route: RouteFacts, path: string): Operation {
  const parameters = (route.parameters ?? []).map(({ name, ...parameter }) => ({
    name: name === "*" ? "id" : name,
    ...parameter,
    ...(parameter.in === "path" ? { required: true } : {}),
  }));
  return {
    operationId: `${route.method.toLowerCase()}${path.replace(/[^a-z0-9]+([a-z0-9])/gi, (_, first: string) => first.toUpperCase()).replace(/\W/g, "")}`,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    parameters,
    ...securityOf(route),
    ...(route.body === undefined ? {} : { requestBody: { required: true, ...bodyOf(route.body) } }),
    responses: responsesOf(route),
  };
}

function responsesOf({ answer, others = {}, errors, access }: RouteFacts): Operation["responses"] {
  const upstreams = errors.includes("upstream_rejected")
    ? { "4XX": bodyOf({ description: "error.code: upstream_rejected, or the upstream's own", schema: WireError }) }
    : {};
  const pages = Object.entries(others).map(([status, description]) => [status, bodyOf({ ...answer, description })]);
  return {
    "200": bodyOf(answer),
    ...errorsOf([...errors, ...ACCESS_ERRORS[access]]),
    ...upstreams,
    ...(Object.fromEntries(pages) as Operation["responses"]),
  };
}

function securityOf({ access, openAi, orAdmin }: RouteFacts): { readonly security?: readonly object[] } {
  if (access === "admin") return { security: [{ admin: [] }] };
  if (access === "metrics") return { security: [{}, { metrics: [] }, { admin: [] }] };
  if (orAdmin === true) return { security: [{}, { consumer: [] }, { admin: [] }] };
  return openAi ? { security: [{}, { consumer: [] }] } : {};
}

function bodyOf({ description, schema, mediaTypes = ["application/json"] }: BodyShape) {
  const contentOf = (type: string) =>
    /[/+]json$/.test(type) && schema !== undefined ? { schema: reference(schema) } : { schema: { type: "string" } };
  return { description, content: Object.fromEntries(mediaTypes.map((type) => [type, contentOf(type)])) };
}

function reference(schema: TSchema): object {
  const name = NAMED.get(schema);
  return name === undefined ? schema : { $ref: `#/components/schemas/${name}` };
}

/** One response per status, its description naming the codes that have it. */
function errorsOf(codes: readonly ErrorCode[]) {
  return Object.fromEntries(
    Array.from(
      Map.groupBy(codes, (code) => ERRORS[code].status),
      ([status, those]) => [
        String(status),
        bodyOf({ description: `error.code: ${[...new Set(those)].join(", ")}`, schema: WireError }),
      ],
    ),
  );
}
