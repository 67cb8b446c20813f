import type { ErrorFacts } from "./body.ts";

const MODEL_CODES = new Set([
  "model_not_found",
  "model_not_exist",
  "model_not_available",
  "model_not_supported",
  "unknown_model",
  "invalid_model",
  "model_decommissioned",
  "model_not_active",
  "deploymentnotfound",
  "1211",
  "1500",
]);

/** Codes beside `param: "model"` with which OpenAI refuses a request that the model, which it knows, cannot take. */
const OF_THE_REQUEST = new Set(["invalid_value", "unsupported_value"]);

/** UTF-16 units of a message that are read: a refusal of a model says so at its beginning. */
const READ_UNITS = 600;

/** A model's name as messages quote it, or nothing. */
const NAME = /[\s:]*(?:['"`‘“„«]?\s?[^\s'"`’”“»]{1,200}\s?['"`’”“»]?,?)?\s*/.source;

/** What is said of a model that is not there, behind its name. */
const GONE = [
  "(?:is|was|are|could|has|have|can)?(?: been)? ?not (?:be )?(?:found|exist|available|known|loaded|served|deployed)",
  "(?:does(?: not|n't)|did(?: not|n't)) exist",
  "could(?: not|n't) be found",
  "is unknown",
  "(?:has been|was|is) (?:decommissioned|deprecated|removed|retired|disabled)",
  "has reached (?:the )?(?:its )?end[ -]of[ -](?:its )?life",
  "is no longer (?:available|supported|served|offered)",
  "is (?:not a valid|invalid)",
  "is not supported by any provider",
].join("|");

const MODEL_WORDS = [
  // "Conversation 'model-1' not found" names something else
  new RegExp(
    `(?<![\\w'"\`-])(?:model|deployment)s?(?=[\\s:/='"\`‘“„«])(?: id| name| identifier)?${NAME}(?:${GONE})`,
    "i",
  ),
  /\b(?:unknown|invalid|unsupported|unrecognized|no such|not found the) model\b(?! (?:parameter|option|input|output))/i,
  /\b(?:could not|couldn't|cannot|can't|unable to|failed to) (?:find|access|locate|load) (?:the )?(?:requested )?model\b/i,
  /\b(?:(?:do not|don't|does not|doesn't) have access to|not (?:allowed|permitted|authorized) to (?:use|access)) (?:the |this )?model\b/i,
  /\b(?:there is|there's) no model\b|\bno model (?:named|called|with (?:the )?(?:id|name))\b/i,
  /\bdeployment for this resource does not exist\b/i,
  /\bnot a valid model\b/i,
  // Bedrock: a model that is to be asked for by a profile
  /\binvocation of model id\b.{0,200}\bsupported\b/i,
  /\bsupported (?:api )?model names are\b/i,
  /\bno endpoints found (?:for|that)\b/i,
  /\bmodèle\b.{0,200}(?:n['’]existe pas|introuvable|inconnu|n['’](?:est pas|a pas été) (?:trouvé|disponible))/i,
  /\bmodell\b.{0,200}(?:existiert nicht|nicht (?:gefunden|bekannt|verfügbar|vorhanden)|unbekannt)/i,
  /\bmodel(?:o|lo)\b.{0,200}(?:no existe|no (?:se )?(?:ha )?encontr|não existe|não (?:foi )?encontrad|non esiste|non (?:è stato )?trovato|desconocido|desconhecido|sconosciuto)/i,
  /模型.{0,200}(?:不存在|未找到|找不到)/,
];

/**
 * Whether the upstream does not know the model it was asked for: by a code, by the field it names, or in words (OpenAI,
 * Mistral, Anthropic, Gemini, Bedrock, Together, Groq, Ollama, vLLM, LiteLLM, Hugging Face, Zhipu, and their kin).
 */
export function isUnknownModel(facts: ErrorFacts): boolean {
  const code = (facts.code ?? "").toLowerCase();
  const type = (facts.type ?? "").toLowerCase();
  if (MODEL_CODES.has(code) || MODEL_CODES.has(type)) return true;
  // the model is the one field that we put in: who objects to it objects to us
  if (facts.param === "model" && !OF_THE_REQUEST.has(code)) return true;
  const said = (facts.message ?? "").slice(0, READ_UNITS);
  // Anthropic says no more than "model: NAME"
  if (type === "not_found_error" && /^model:/i.test(said)) return true;
  return MODEL_WORDS.some((words) => words.test(said));
}
