import { apiKeyCode } from "../../../src/detect/recognisers/api-key-code.ts";
import { examples } from "./_examples.ts";

examples(apiKeyCode, {
  found: [
    "⟦glpat-5VVn7Ht0Wby7hC2E6Jbpcefpv7j.01.3adrqyqbd⟧",
    "⟦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⟧",
    "my token is ⟦1/4162359374224411:13b31251da579e4d7bb232601892587b⟧ , is that safe?",
    "⟦st.03bf675fbb3fa5a4bc347570.f9adad2613898335067d8d5e6e3d522f.1f13cca59099318bedbfcd1d67b54952⟧",
    "⟦sdk-a81d4349-e725-47b2-a3f8-8eef8df0d7f8⟧",
    "⟦4fK94fK94fK94fK94fK94fK94fK94fK94fK94fK94fK94fK94fK9JQQJ99BBACYeBjFXJ3w3AAABACOGx1y2⟧",
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
