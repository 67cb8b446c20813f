import { Kind, type TSchema } from "@sinclair/typebox";
import type { TypeCheck } from "@sinclair/typebox/compiler";
import { type ValueError, ValueErrorType } from "@sinclair/typebox/errors";
import { GatewayError } from "../../lib/errors.ts";
import { type JsonObject, showPath } from "../../lib/json/json.ts";

/**
 * The `invalid_request` error for the first thing that does not fit the schema: which field, and what would be accepted.
 * Never the value found, which is the caller's text.
 */
export function describeMismatch(value: JsonObject, check: TypeCheck<TSchema>): GatewayError {
  const error = deepest(check.Errors(value).First()!);
  const path = error.path.split("/").slice(1).map(unescapePointer);
  const param = showPath(path.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  const missing = error.type === ValueErrorType.ObjectRequiredProperty && path.length === 1;
  const meant = missing ? meantFor(value, param) : "";
  return new GatewayError("invalid_request", `${sentence(error, param)}${meant}`, {
    param: param === "" ? null : param,
  });
}

/** Fields that a body has in place of a missing one where it was written for another endpoint, and for which. */
const ELSEWHERE: Readonly<Record<string, readonly (readonly [field: string, endpoint: string])[]>> = {
  messages: [
    ["input", "is of /v1/responses, which is not served: send 'messages'"],
    ["prompt", "is of POST /v1/completions"],
  ],
  prompt: [["messages", "is of POST /v1/chat/completions"]],
};

function meantFor(value: JsonObject, missing: string): string {
  const found = ELSEWHERE[missing]?.find(([field]) => Object.hasOwn(value, field));
  return found === undefined ? "" : `; the '${found[0]}' that is there ${found[1]}`;
}

function sentence(error: ValueError, param: string): string {
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return `Missing required field '${param}'`;
    case ValueErrorType.ObjectAdditionalProperties:
      return `Unknown field '${param}': accepted here are ${Object.keys(error.schema["properties"] ?? {}).join(", ")}`;
    default:
      return `Invalid value for '${param}': expected ${expected(error.schema)}`;
  }
}

/**
 * A union reports only "no branch fits". Where a branch has the right outer form (an array among strings), what is wrong
 * inside that branch is the better answer; of several lists that may be meant, in the one that fits the longest.
 */
function deepest(error: ValueError): ValueError {
  if (error.type !== ValueErrorType.Union) return error;
  const inner = error.errors
    .flatMap((branch) => [...branch].slice(0, 1))
    .map(deepest)
    .filter((candidate) => candidate.path.length > error.path.length);
  return inner.length > 0 ? inner.reduce((best, next) => (isBehind(next.path, best.path) ? next : best)) : error;
}

/** Whether a place is deeper than another, or further down the same list. */
function isBehind(place: string, other: string): boolean {
  const [steps, others] = [place.split("/"), other.split("/")];
  if (steps.length !== others.length) return steps.length > others.length;
  const at = steps.findIndex((step, index) => step !== others[index]);
  return at !== -1 && Number(steps[at]) > Number(others[at]);
}

/** What a schema accepts, in words. */
function expected(schema: TSchema): string {
  switch (schema[Kind]) {
    case "Union": {
      const branches = (schema["anyOf"] as TSchema[]).map(expected);
      return branches.length === 1 ? branches[0]! : `${branches.slice(0, -1).join(", ")} or ${branches.at(-1)}`;
    }
    case "Literal":
      return JSON.stringify(schema["const"]);
    case "Array":
      return `an array of ${plural(expected(schema["items"] as TSchema))}${schema["minItems"] === undefined ? "" : ` with at least ${schema["minItems"]} item`}`;
    case "Integer":
    case "Number":
      return `${schema[Kind] === "Integer" ? "an integer" : "a number"}${range(schema)}`;
    case "String":
      return schema["minLength"] === undefined
        ? "a string"
        : `a string of ${schema["minLength"]} ${schema["maxLength"] === undefined ? "or more" : `to ${schema["maxLength"]}`} characters`;
    case "Object":
      return "an object";
    case "Null":
      return "null";
    case "Boolean":
      return "true or false";
    default:
      return "another value";
  }
}

function range(schema: TSchema): string {
  const { minimum, maximum, exclusiveMinimum } = schema as {
    minimum?: number;
    maximum?: number;
    exclusiveMinimum?: number;
  };
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return exclusiveMinimum === undefined ? "" : ` above ${exclusiveMinimum}`;
}

function plural(noun: string): string {
  return noun.replace(/^an? (string|integer|number|object|array)/, "$1s");
}

function unescapePointer(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
