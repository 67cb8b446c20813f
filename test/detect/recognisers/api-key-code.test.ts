import { apiKeyCode } from "../../../src/detect/recognisers/api-key-code.ts";
import { examples } from "./_examples.ts";

examples(apiKeyCode, {
  found: [
    "⟦ghp_1234567890abcdefghijklmnopqrstuvwxyz⟧",
    "⟦ghp_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0x⟧",
    "⟦npm_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzA1b2⟧",
    "⟦sgp_a1b2c3d4e5f60718_0123456789abcdef0123456789abcdef01234567⟧",
    "⟦ghp_16C7e42F292c6912E7710c838347Ae178B4a⟧",
    "⟦glpat-Ab3dEf6hIj9lMn2pQr5t⟧",
    "⟦npm_Ab3dEf6hIj9lMn2pQr5tUv8xYz1AbCdEfGh2⟧",
    "⟦github_pat_11ABCDEFG0a1b2c3d4e5f6_g7h8i9j0k1l2⟧",
  ],
  passed: ["ghp_short", "npm_config_registry"],
});
