import { alphanumeric, assigned, hex, prefixed, type SecretRule, urlSafe, uuid, whole } from "../secret-rule.ts";

/** Credentials of model providers and the services around them. */
export const artificialIntelligenceRules: readonly SecretRule[] = [
  whole(
    "openai-api-key",
    "OpenAI API key",
    "critical",
    ["T3BlbkFJ"],
    `sk-${alphanumeric}{20}T3BlbkFJ${alphanumeric}{20}`,
    { before: [23] },
  ),
  prefixed(
    "openai-project-key",
    "OpenAI project key",
    "critical",
    ["sk-proj-", "sk-svcacct-", "sk-admin-"],
    `${urlSafe}{40,200}`,
    { entropy: 3.8 },
  ),
  prefixed("anthropic-api-key", "Anthropic API key", "critical", "sk-ant-api", `[0-9]{2}-${urlSafe}{80,120}`, {
    entropy: 3.8,
  }),
  prefixed(
    "anthropic-admin-key",
    "Anthropic admin key",
    "critical",
    ["sk-ant-admin", "sk-ant-oat", "sk-ant-ort"],
    `[0-9]{2}-${urlSafe}{80,120}`,
    { entropy: 3.8 },
  ),
  prefixed("hugging-face-token", "Hugging Face token", "critical", ["hf_", "api_org_"], "[A-Za-z]{34}", {
    entropy: 3.8,
  }),
  prefixed("replicate-token", "Replicate API token", "critical", "r8_", `${alphanumeric}{37}`, { entropy: 3.8 }),
  prefixed("groq-api-key", "Groq API key", "critical", "gsk_", `${alphanumeric}{52}`, { entropy: 3.8 }),
  prefixed("perplexity-api-key", "Perplexity API key", "critical", "pplx-", `${alphanumeric}{48}`, { entropy: 3.8 }),
  prefixed("xai-api-key", "xAI API key", "critical", "xai-", `${alphanumeric}{80}`, { entropy: 3.8 }),
  prefixed("openrouter-api-key", "OpenRouter API key", "critical", "sk-or-v1-", `${hex}{64}`),
  prefixed("langsmith-key", "LangSmith API key", "high", ["lsv2_pt_", "lsv2_sk_"], `${hex}{32}_${hex}{10}`),
  prefixed("nvidia-api-key", "NVIDIA API key", "critical", "nvapi-", `${urlSafe}{60,72}`, { entropy: 3.8 }),
  prefixed("together-api-key", "Together AI API key", "critical", "tgp_v1_", `${urlSafe}{40,50}`, { entropy: 3.8 }),
  prefixed("pinecone-api-key", "Pinecone API key", "high", "pcsk_", `[A-Za-z0-9]{5,6}_${alphanumeric}{60,70}`, {
    entropy: 3.8,
  }),
  prefixed("tavily-api-key", "Tavily API key", "medium", "tvly-", `(?:dev-|prod-)?${alphanumeric}{32}`, {
    entropy: 3.5,
  }),
  prefixed("cerebras-api-key", "Cerebras API key", "critical", "csk-", "[a-z0-9]{48}", { entropy: 3.8 }),
  assigned("deepseek-api-key", "DeepSeek API key", "critical", ["deepseek"], `sk-${hex}{32}`),
  assigned("elevenlabs-api-key", "ElevenLabs API key", "high", ["elevenlabs", "xiapi"], `sk_${hex}{48}|${hex}{32}`),
  assigned("cohere-api-key", "Cohere API key", "critical", ["cohere", "coapikey"], `${alphanumeric}{40}`, {
    entropy: 3.8,
  }),
  assigned("mistral-api-key", "Mistral API key", "critical", ["mistral"], `${alphanumeric}{32}`, { entropy: 3.8 }),
  assigned("weights-and-biases-key", "Weights & Biases API key", "high", ["wandb"], `${hex}{40}`),
  assigned(
    "stability-api-key",
    "Stability AI API key",
    "high",
    ["stability", "dreamstudio"],
    `sk-${alphanumeric}{48}`,
    { entropy: 3.8 },
  ),
  assigned("assemblyai-key", "AssemblyAI API key", "high", ["assemblyai"], `${hex}{32}`),
  assigned("deepgram-key", "Deepgram API key", "high", ["deepgram"], `${hex}{40}|${uuid}`),
];
