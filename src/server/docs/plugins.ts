import { type TSchema, Type } from "@sinclair/typebox";
import { ConfigSchema } from "../../config/config.ts";
import { gridSources } from "../../grid/index.ts";
import type { GridSource } from "../../grid/source.ts";
import { policies } from "../../policies/index.ts";
import type { PolicyModule } from "../../policies/policy.ts";
import { providers } from "../../providers/index.ts";
import type { Provider } from "../../providers/provider.ts";
import { strategies } from "../../routing/index.ts";
import type { Strategy } from "../../routing/strategy.ts";
import { escapeHtml } from "./escape-html.ts";
import { code, type DocsPage, heading, prose, table } from "./html.ts";
import { keyTable } from "./keys.ts";

const listed = (words: readonly string[]): string => words.map(code).join(", ") || "–";

/** Every policy kind with its settings. */
export const policiesPage: DocsPage = {
  path: "/docs/policies",
  title: "Policies",
  summary:
    "Every kind that `policies.chain` may name, and its settings below `policy`. Each takes `mode: monitor`, which writes down what it would have said and lets everything pass. `weir policy coverage` shows where each looks.",
  body() {
    const modules: readonly PolicyModule[] = Object.values(policies);
    const settings = (ConfigSchema.properties.policy as unknown as { properties: Record<string, TSchema> }).properties;
    const overview = modules.map(({ name, summary, phases }) => ({
      cells: [
        `<a href="#${escapeHtml(name)}">${code(name)}</a>`,
        prose(summary),
        escapeHtml(phases.join(", ") || "record"),
      ],
    }));
    const sections = modules.map(({ name, summary }) => {
      const keys = keyTable(settings[name]!, `policy.${name}`);
      return `${heading(2, name, code(name))}<p>${prose(summary)}.</p>${keys}`;
    });
    return [table(["kind", "what it does", "phases"], overview), ...sections].join("\n");
  },
};

const POOLS: Readonly<Record<Strategy["pool"], string>> = {
  any: "every target of the pool",
  serving: "targets that serve the model asked for",
  first: "the first target alone",
};

function strategyRows() {
  return Object.values(strategies as Readonly<Record<string, Strategy>>).map(({ name, aliases, summary, pool }) => ({
    id: name,
    cells: [code(name), listed(aliases), prose(summary), escapeHtml(POOLS[pool])],
  }));
}

function providerRows() {
  return Object.values(providers as Readonly<Record<string, Provider>>).map((provider) => {
    const { name, baseUrl, apiKeyEnv, codecs } = provider;
    const address = provider.transport !== undefined ? "answers by itself" : (baseUrl ?? "base_url is required");
    const key = apiKeyEnv === null ? "–" : code(apiKeyEnv);
    return { id: `provider-${name}`, cells: [code(name), code(address), key, listed(Object.keys(codecs))] };
  });
}

function sourceSections(): string[] {
  return Object.values(gridSources as Readonly<Record<string, GridSource>>).map((source) => {
    const { name, summary, needsKey, zones, options } = source;
    const known = zones === null ? "any zone" : zones.join(", ");
    const own = Type.Object(options as Record<string, TSchema>);
    const keys = Object.keys(options).length === 0 ? "" : keyTable(own, "carbon.sources[]", `${name}:`);
    const facts = `Zones: ${known}. ${needsKey ? "Needs a key (secret_key_ref)." : "Needs no key."}`;
    return `${heading(3, `source-${name}`, code(name))}<p>${prose(summary)}. ${escapeHtml(facts)}</p>${keys}`;
  });
}

/** Strategies, providers, and where carbon intensity comes from. */
export const routingPage: DocsPage = {
  path: "/docs/routing",
  title: "Routing",
  summary:
    "How targets are ordered, which providers are spoken to, and where the carbon intensity of grids comes from.",
  body: () =>
    [
      heading(2, "strategies", "Strategies"),
      "<p>For <code>providers.strategy</code>, <code>model_groups[].strategy</code> and <code>consumers[].routing</code>.</p>",
      table(["strategy", "also called", "puts first", "chooses among"], strategyRows()),
      heading(2, "providers", "Providers"),
      "<p>For <code>providers.targets[].provider</code>. Any other name is a provider of your own that speaks OpenAI's form at its <code>base_url</code>.</p>",
      table(["provider", "address", "key is read from", "endpoints"], providerRows()),
      heading(2, "sources", "Grid sources"),
      "<p>For <code>carbon.sources[].source</code>.</p>",
      ...sourceSections(),
    ].join("\n"),
};
