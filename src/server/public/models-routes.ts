import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { dialectOf } from "../../providers/index.ts";
import { Open } from "../../schema/shapes.ts";
import type { ServerOptions } from "../options.ts";
import { json, KEY_ERRORS, type Route } from "../route.ts";

/** One model as OpenAI shows it. */
const ModelObject = Open({
  id: Type.String(),
  object: Type.Literal("model"),
  created: Type.Integer({ description: "epoch seconds: when this configuration was put in place" }),
  owned_by: Type.String(),
});

/** What Mistral's clients demand of a model besides: they tell its kind by `type`. Asked of it here are chats. */
const MISTRAL_CARD = { type: "base", capabilities: { completion_chat: true, function_calling: true } };

/** The answer of `GET /v1/models`. */
const ModelList = Open({ object: Type.Literal("list"), data: Type.Array(ModelObject) });

/** What this caller may ask for: groups, aliases, models and target ids, each once. */
export function modelsRoutes({ runtime }: ServerOptions): Route[] {
  const shown = ({ headers }: Request) => {
    const created = Math.floor(runtime.loadedAtMs / 1000);
    const more = dialectOf(headers.get("user-agent"), false) === "mistral" ? MISTRAL_CARD : {};
    const models = runtime.gateway.models(headers);
    return models.map(({ id, owned_by }) => ({ id, object: "model", created, owned_by, ...more }));
  };
  const facts = { method: "GET", openAi: true, access: "open", tag: "Models" } as const;
  return [
    {
      ...facts,
      path: "/v1/models",
      summary: "The models this gateway answers for",
      answer: { description: "Groups, aliases, models and target ids, each once", schema: ModelList },
      errors: KEY_ERRORS,
      handle: ({ request }) => json({ object: "list", data: shown(request) }),
    },
    {
      ...facts,
      path: "/v1/models/*",
      summary: "One model; its id may hold slashes, percent-encoded or not",
      parameters: [{ name: "*", in: "path", schema: Type.String(), description: "The model's id" }],
      answer: { description: "The model", schema: ModelObject },
      errors: ["model_not_found", "invalid_request", ...KEY_ERRORS],
      handle: ({ params, request }) => {
        const id = params["*"] ?? "";
        const found = shown(request).find((model) => model.id === id);
        if (found !== undefined) return json(found);
        const message = `The model "${id.slice(0, 200)}" does not exist here: GET /v1/models lists those that do`;
        throw new GatewayError("model_not_found", message, { param: "model" });
      },
    },
  ];
}
