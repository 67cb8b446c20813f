import { apiKeyAi } from "../../../src/detect/recognisers/api-key-ai.ts";
import { examples } from "./_examples.ts";

examples(apiKeyAi, {
  found: [
    "⟦sk-proj-Ab3dEf6hIj9lMn2pQr5tUv8x⟧",
    "⟦sk-ant-api03-AbCdEfGh1jKlMnOpQrStUvWx⟧",
    "key ⟦hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh⟧",
    "⟦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⟧",
  ],
  passed: [
    "sk-your-api-key-goes-here-please",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-...",
    "task-management-system-for-teams-of-all-sizes",
  ],
});
