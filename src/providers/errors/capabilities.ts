import type { Capability } from "../../lib/capability.ts";
import type { ErrorFacts } from "./body.ts";

/** What such a refusal says stands at its beginning; what follows may quote the request. */
const READ_UNITS = 300;

/** Statuses that servers refuse an endpoint with which they do not have. */
const NO_ENDPOINT: ReadonlySet<number> = new Set([404, 405, 501]);

const WORDS: readonly (readonly [Capability, readonly RegExp[]])[] = [
  [
    "tools",
    [
      // Ollama, DeepSeek, Together
      /\bdoes(?: not|n't) support (?:the )?(?:use of )?(?:`?tools?`?\b|tool[ _-]?(?:use|calls?|calling|choice)|function[ -]?call(?:s|ing)?|functions\b)/i,
      // Groq
      /\b(?:tool[ _-]?(?:use|calls?|calling|choice)|function[ -]?calling|tools|functions)[`'"]? (?:is|are) (?:currently )?not (?:supported|enabled|available)\b/i,
      // vLLM
      /--enable-auto-tool-choice\b/,
      // OpenRouter
      /\bno endpoints found that support tool use\b/i,
      // llama.cpp
      /^tools param requires --jinja\b/i,
    ],
  ],
  [
    "vision",
    [
      /\bdoes(?: not|n't) support (?:the )?(?:images?|image[ _-](?:inputs?|urls?)|vision|visual|multi-?modal)\b/i,
      // Mistral, llama.cpp, Gemini
      /\b(?:images?|image[ _-]?urls?|vision|multi-?modal)(?: inputs?| contents?)?(?: modality)?[`'"]? (?:is|are) not (?:supported|enabled|available|allowed)\b/i,
      // OpenAI
      /\bimage_url is only supported by certain models\b/i,
      // vLLM
      /\bis not a multi-?modal model\b/i,
      /\bat most 0 images?\b/i,
      /\bno endpoints found that support image input\b/i,
      // DeepSeek, SGLang
      /\bunknown variant `image_url`|\bunknown part type:? [`'"]?image/i,
      // Groq, DeepSeek: contents in parts are for models that see
      /\bcontent[`'"]? ?:? (?:value )?must be a string\b|\bcontent: invalid type: sequence, expected a string\b/i,
      // Ollama
      /\bmissing data required for image input\b/i,
      /\bonly supports text input\b/i,
    ],
  ],
  [
    "audio",
    [
      /\bdoes(?: not|n't) support (?:the )?audio\b/i,
      /\b(?:input_)?audio(?: inputs?| contents?)?[`'"]? (?:is|are) not (?:supported|enabled|available|allowed)\b/i,
      /\bat most 0 audios?\b/i,
      /\bno endpoints found that support (?:input )?audio\b/i,
      /\bunknown variant `input_audio`/,
    ],
  ],
];

/** The whole message of servers that have no such address: FastAPI, Go, Express, Kong, OpenAI, Azure, Fastify, Kubernetes. */
const NO_ADDRESS_WORDS = [
  /^(?:404 (?:page )?|(?:the )?(?:requested )?(?:resource|url|page|path|route|endpoint|service|operation)(?: was| is)? )?not found\.?(?: on (?:the|this) server\b|$)/i,
  /^(?:the )?(?:requested )?(?:resource|url|page|path|route|endpoint) (?:could not be found|does(?: not|n't) exist)\.?$/i,
  /^default backend\b.{0,20}\b404$/i,
  /^method not allowed\.?$/i,
  /^cannot post \S+$/i,
  /^route (?:post:)?\S+ not found$/i,
  /^no (?:matching )?routes? (?:matche[sd]|found)\b/i,
  /^(?:unknown|invalid) (?:request )?(?:url|path|endpoint|route)\b/i,
];

/** A model that is not for the endpoint: vLLM, OpenAI. */
const NOT_SERVED_WORDS = [
  /\bthe model does not support \w+(?: \w+)? api\b/i,
  /\bnot (?:supported|available) in the v1\/[\w/]+ endpoint\b/i,
];

const PARAMETERS: Readonly<Record<string, Capability>> = { tools: "tools", functions: "tools", tool_choice: "tools" };

/** A capability that is missing, and the words that say so; none where a code says it, or a status. */
export interface Missing {
  readonly lacks?: Capability;
  readonly lacksSaid?: string;
}

/** What the upstream says that it, or its model, cannot do; nothing where it does not say that. */
export function missingCapability(status: number, facts: ErrorFacts): Missing {
  const said = (facts.message ?? "").slice(0, READ_UNITS);
  for (const [lacks, patterns] of WORDS) {
    const words = wordsIn(said, patterns);
    if (words !== null) return { lacks, lacksSaid: words };
  }
  const lacks = facts.code === "unsupported_parameter" && facts.param !== null ? PARAMETERS[facts.param] : undefined;
  if (lacks !== undefined) return { lacks };
  const words = wordsIn(said, NOT_SERVED_WORDS);
  if (words !== null) return { lacks: "endpoint", lacksSaid: words };
  // a field of the request names what is not found: not the address
  if (!NO_ENDPOINT.has(status) || facts.param !== null) return {};
  return facts.message === null || wordsIn(said, NO_ADDRESS_WORDS) !== null ? { lacks: "endpoint" } : {};
}

function wordsIn(said: string, patterns: readonly RegExp[]): string | null {
  for (const words of patterns) {
    const found = words.exec(said);
    if (found !== null) return found[0];
  }
  return null;
}
