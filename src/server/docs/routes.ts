import { Type } from "@sinclair/typebox";
import { Open } from "../../schema/shapes.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route, type RouteFacts } from "../route.ts";
import { cliPage } from "./cli.ts";
import { configPage } from "./config.ts";
import { errorsPage } from "./errors.ts";
import { escapeHtml } from "./escape-html.ts";
import { DOCS_POLICY, type DocsPage, prose, render } from "./html.ts";
import { httpPage } from "./http.ts";
import { metricsPage } from "./metrics.ts";
import { type OpenApi, openApiOf } from "./openapi.ts";
import { policiesPage, routingPage } from "./plugins.ts";

const FACTS = { method: "GET", openAi: false, access: "open", tag: "Documents", errors: [] } as const;

/** `/openapi.json` and the pages under `/docs`, the API's made of the table of all routes, which holds these as well. */
export function docsRoutes(
  others: readonly RouteFacts[],
  options: Pick<ServerOptions, "build" | "commands" | "metrics">,
): Route[] {
  const { build, commands, metrics } = options;
  const document = (): OpenApi => openApiOf([...others, ...routes], build);
  const families = () => metrics.read();
  const pages: DocsPage[] = [
    configPage,
    policiesPage,
    routingPage,
    errorsPage,
    cliPage(commands),
    httpPage(document),
    metricsPage(families),
  ];
  const all = [frontPage(pages), ...pages];
  const routes: Route[] = [
    {
      ...FACTS,
      path: "/openapi.json",
      summary: "This API as an OpenAPI 3.1 document",
      answer: { description: "The document", schema: Open({ openapi: Type.String() }) },
      handle: () => json(document()),
    },
    ...all.map(
      (page): Route => ({
        ...FACTS,
        path: page.path,
        summary: page.path === "/docs" ? "The reference of this binary" : `The reference: ${page.title}`,
        answer: { description: "A page without scripts that loads nothing", mediaTypes: ["text/html"] },
        handle: () => html(render(page, all, build)),
      }),
    ),
  ];
  return routes;
}

function frontPage(pages: readonly DocsPage[]): DocsPage {
  return {
    path: "/docs",
    title: "Reference",
    summary: "What this binary serves and how it is configured.",
    body() {
      const items = pages.map(({ path, title, summary }) => {
        return `<dt><a href="${path}">${escapeHtml(title)}</a></dt><dd>${prose(summary)}</dd>`;
      });
      const data = '<a href="/openapi.json">/openapi.json</a>';
      return `<dl>${items.join("\n")}</dl><p>As data: ${data} for every route, and <code>weir config schema</code> for the configuration.</p>`;
    },
  };
}

function html(page: string): Response {
  return new Response(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": DOCS_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}
