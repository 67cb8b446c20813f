import codestral from "../../config/templates/codestral.yaml" with { type: "text" };
import fallback from "../../config/templates/fallback.yaml" with { type: "text" };
import local from "../../config/templates/local.yaml" with { type: "text" };
import mistral from "../../config/templates/mistral.yaml" with { type: "text" };
import openai from "../../config/templates/openai.yaml" with { type: "text" };
import simulated from "../../config/templates/simulated.yaml" with { type: "text" };
import tests from "../../config/templates/tests.yaml" with { type: "text" };

/** A configuration to begin with. */
export interface Template {
  readonly summary: string;
  /** The YAML document. */
  readonly text: string;
}

/** Configurations to begin with, by name; each of them loads as it is. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  mistral: { summary: "one target at Mistral; needs MISTRAL_API_KEY", text: mistral as string },
  openai: { summary: "one target at OpenAI; needs OPENAI_API_KEY", text: openai as string },
  fallback: { summary: "Mistral first, OpenAI when it fails; a model group", text: fallback as string },
  codestral: { summary: "code: chat and fill-in-the-middle at Mistral", text: codestral as string },
  local: { summary: "a server of your own that speaks OpenAI's format", text: local as string },
  simulated: { summary: "no key and no network: answers from the gateway itself", text: simulated as string },
};

/** The template that is taken when none is named. */
export const DEFAULT_TEMPLATE = "mistral";

/** Example cases for `weir policy test`. */
export const EXAMPLE_TESTS: string = tests as string;
