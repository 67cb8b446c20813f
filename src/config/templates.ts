import agents from "../../config/templates/agents.yaml" with { type: "text" };
import codestral from "../../config/templates/codestral.yaml" with { type: "text" };
import euRegions from "../../config/templates/eu-regions.yaml" with { type: "text" };
import fallback from "../../config/templates/fallback.yaml" with { type: "text" };
import healthcare from "../../config/templates/healthcare.yaml" with { type: "text" };
import local from "../../config/templates/local.yaml" with { type: "text" };
import mistral from "../../config/templates/mistral.yaml" with { type: "text" };
import openai from "../../config/templates/openai.yaml" with { type: "text" };
import resilience from "../../config/templates/resilience.yaml" with { type: "text" };
import simulated from "../../config/templates/simulated.yaml" with { type: "text" };
import agentsTests from "../../config/templates/tests/agents.yaml" with { type: "text" };
import codestralTests from "../../config/templates/tests/codestral.yaml" with { type: "text" };
import guardedTests from "../../config/templates/tests/guarded.yaml" with { type: "text" };
import healthcareTests from "../../config/templates/tests/healthcare.yaml" with { type: "text" };

/** A configuration to begin with. */
export interface Template {
  readonly summary: string;
  /** The YAML document. */
  readonly text: string;
  /** Cases for `weir policy test`, as YAML: all of them pass. */
  readonly tests: string;
}

const template = (summary: string, text: unknown, tests: unknown = guardedTests): Template => ({
  summary,
  text: text as string,
  tests: tests as string,
});

/** Configurations to begin with, by name; each of them loads as it is. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  mistral: template("one target at Mistral; needs MISTRAL_API_KEY", mistral),
  openai: template("one target at OpenAI; needs OPENAI_API_KEY", openai),
  fallback: template("Mistral first, OpenAI when it fails; a model group", fallback),
  resilience: template("retries, failover, breakers, probes and hedging; runs without a key", resilience),
  "eu-regions": template("regions, pins and carbon-aware routing; runs without a key", euRegions),
  codestral: template("code: chat and fill-in-the-middle at Mistral", codestral, codestralTests),
  agents: template("tools: which of them agents may use, and what tools return is checked", agents, agentsTests),
  healthcare: template("placeholders for personal data, zero retention, HIPAA audit", healthcare, healthcareTests),
  local: template("a server of your own that speaks OpenAI's format", local),
  simulated: template("no key and no network: answers from the gateway itself", simulated),
};

/** The template that is taken when none is named. */
export const DEFAULT_TEMPLATE = "mistral";
