import { mistral } from "./mistral.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./openai-compatible.ts";
import { simulated } from "./simulated.ts";

/** Every provider, by the name it has in YAML. */
export const providers = { mistral, openai, "openai-compatible": openaiCompatible, simulated };

export { dialectOf } from "./_dialect.ts";
export { endpointUrl } from "./_endpoint-url.ts";
export { completeForMistral, mistralAnswer, mistralChunk } from "./mistral/form.ts";
