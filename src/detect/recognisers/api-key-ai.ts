import { vendorKey } from "./_vendor-key.ts";

/**
 * Keys of model providers, by the prefixes their documentation shows: OpenAI, Anthropic, OpenRouter, Hugging Face, Groq,
 * xAI, Perplexity, Replicate, Fireworks, NVIDIA, Cerebras, Langfuse, LangSmith, Pinecone, Tavily, Weights & Biases, RunPod, E2B.
 */
export const apiKeyAi = vendorKey("api-key-ai", [
  "sk-(?:proj|svcacct|admin|None)-[A-Za-z\\d_\\-]{20,200}",
  "sk-[A-Za-z\\d]{20,80}",
  "sk-ant-[a-z]{2,8}\\d{2}-[A-Za-z\\d_\\-]{20,120}",
  "sk-or-v\\d-[a-f\\d]{64}",
  "(?:sk|pk)-lf-[a-f\\d\\-]{36}",
  "hf_[A-Za-z\\d]{30,40}",
  "gsk_[A-Za-z\\d]{40,64}",
  "xai-[A-Za-z\\d]{40,100}",
  "pplx-[A-Za-z\\d]{40,64}",
  "r8_[A-Za-z\\d]{30,45}",
  "fw_[A-Za-z\\d]{20,32}",
  "nvapi-[A-Za-z\\d_\\-]{50,80}",
  "csk-[a-z\\d]{40,60}",
  "lsv2_(?:pt|sk)_[a-f\\d]{32}_[a-f\\d]{10}",
  "pcsk_[A-Za-z\\d_]{50,80}",
  "tvly-(?:dev-|prod-)?[A-Za-z\\d]{24,40}",
  "wandb_v1_[A-Za-z\\d_]{40,80}",
  "rpa_[A-Z\\d]{40}[A-Za-z\\d]{2,8}",
  "e2b_[a-f\\d]{40}",
]);
