import { ANSWER_HEADERS, ASKED_HEADERS } from "../model-facts.ts";
import { escapeHtml } from "./escape-html.ts";
import { code, type DocsPage, heading, pretty, prose, type Row, table } from "./html.ts";
import type { OpenApi, Operation } from "./openapi.ts";

/** Every route, with what it takes and answers. */
export function httpPage(document: () => OpenApi): DocsPage {
  return {
    path: "/docs/http",
    title: "HTTP",
    summary: "Every route. Paths under `/v1` are OpenAI's and answer without `/v1` too.",
    body: () => body(document()),
  };
}

function body(document: OpenApi): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const inTag = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `${heading(2, tag, escapeHtml(tag))}\n${inTag.map(section).join("\n")}`;
  });
  const shapes = Object.entries(document.components["schemas"] as object).map(
    ([name, schema]) => `<details><summary>${code(name)}</summary>${pretty(schema)}</details>`,
  );
  return `<p>The same as data: <a href="/openapi.json">/openapi.json</a>. Codes of errors: <a href="/docs/errors">Errors</a>.</p>
${sections.join("\n")}
${heading(2, "headers", "Headers of model requests")}
${table(["header", "meaning"], headerRows(ASKED_HEADERS))}
${heading(2, "answer-headers", "Headers of their answers")}
${table(["header", "meaning"], headerRows(ANSWER_HEADERS))}
${heading(2, "shapes", "Shapes")}
${shapes.join("\n")}`;
}

function headerRows(headers: Readonly<Record<string, string>>): Row[] {
  return Object.entries(headers).map(([name, meaning]) => ({ cells: [code(name), prose(meaning)] }));
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  // headers are the same for every model route: they have a table of their own
  const parameters = operation.parameters
    .filter(({ in: place }) => place !== "header")
    .map(({ name, in: place, description }) => ({ cells: [code(name), escapeHtml(place), prose(description)] }));
  const answers = Object.entries(operation.responses).map(([status, { description }]) => ({
    cells: [code(status), prose(description)],
  }));
  const takes = parameters.length === 0 ? "" : `<h4>Parameters</h4>${table(["name", "in", "meaning"], parameters)}`;
  const reads = operation["requestBody"] === undefined ? "" : `<h4>Body</h4>${pretty(operation["requestBody"])}`;
  return `<details><summary><span class="method">${method}</span> ${code(path)} ${escapeHtml(operation.summary)}</summary>
${takes}${reads}<h4>Answers</h4>${table(["status", "meaning"], answers)}</details>`;
}
