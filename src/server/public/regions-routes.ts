import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { nearest } from "../../lib/nearest.ts";
import { Closed } from "../../schema/shapes.ts";
import { RegionView } from "../../schema/views/region-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, KEY_ERRORS, type Route } from "../route.ts";

const RegionList = Closed({ object: Type.Literal("list"), data: Type.Array(RegionView) });

/** The regions, what can be asked for there, and how they do now. */
export function regionsRoutes({ runtime }: ServerOptions): Route[] {
  const facts = { method: "GET", tag: "Regions" } as const;
  const list = (headers: Headers | null) => json({ object: "list", data: runtime.gateway.regions(headers) });
  const answer = { description: "Every region of the catalogue", schema: RegionList };
  return [
    {
      ...facts,
      path: "/v1/regions",
      openAi: true,
      access: "open",
      summary: "Regions, their electricity now, and what can be asked for there",
      answer,
      errors: KEY_ERRORS,
      handle: ({ request }) => list(request.headers),
    },
    {
      ...facts,
      path: "/v1/regions/:code",
      openAi: true,
      access: "open",
      summary: "One region",
      parameters: [{ name: "code", in: "path", schema: Type.String(), description: "The region's code" }],
      answer: { description: "The region", schema: RegionView },
      errors: ["not_found", ...KEY_ERRORS],
      handle: ({ params, request }) => json(one(runtime.gateway.regions(request.headers), params["code"] ?? "")),
    },
    {
      ...facts,
      path: "/api/regions",
      openAi: false,
      access: "admin",
      summary: "The regions as somebody whom nothing limits sees them",
      answer,
      errors: [],
      handle: () => list(null),
    },
  ];
}

function one(regions: readonly RegionView[], code: string): RegionView {
  const found = regions.find((region) => region.code === code);
  if (found !== undefined) return found;
  const codes = regions.map((region) => region.code);
  const near = nearest(code, codes);
  const hint = near === undefined ? "" : `did you mean ${near}? `;
  const message = `There is no region ${JSON.stringify(code.slice(0, 100))}: ${hint}The regions are ${codes.join(", ")}`;
  throw new GatewayError("not_found", message);
}
