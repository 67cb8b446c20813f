import { apiKeyAi } from "../../../src/detect/recognisers/api-key-ai.ts";
import { examples } from "./_examples.ts";

examples(apiKeyAi, {
  found: [
    "⟦wandb_v1_Q7xK2mP9vL4tR8wZ1nB6cY3dF5gH0jS2aE4uI7oT9yU1pM3kV5xN8qW6bC0z⟧",
    "⟦e2b_537a190a06ccbcc0d62c75af7074261e370501c8⟧",
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
