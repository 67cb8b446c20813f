import { Type } from "@sinclair/typebox";
import type { BuildInfo } from "../lib/build-info.ts";
import { Open } from "../schema/vetted.ts";
import { DOCS_POLICY, docsPage } from "./docs-page.ts";
import { openApiOf } from "./openapi.ts";
import { json, type Route, type RouteFacts } from "./route.ts";

/** `/openapi.json` and `/docs`, both made of the table of all routes, which holds these two as well. */
export function docsRoutes(others: readonly RouteFacts[], build: BuildInfo): Route[] {
  const facts = { method: "GET", openAi: false, access: "open", tag: "Documents", errors: [] } as const;
  const document = () => openApiOf([...others, ...routes], build);
  const routes: Route[] = [
    {
      ...facts,
      path: "/openapi.json",
      summary: "This API as an OpenAPI 3.1 document",
      answer: { description: "The document", schema: Open({ openapi: Type.String() }) },
      handle: () => json(document()),
    },
    {
      ...facts,
      path: "/docs",
      summary: "This API as a page",
      answer: { description: "A page without scripts that loads nothing", mediaTypes: ["text/html"] },
      handle: () =>
        new Response(docsPage(document()), {
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": DOCS_POLICY,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
          },
        }),
    },
  ];
  return routes;
}
