import { isRandom } from "./_vendor-key.ts";
import type { Recogniser } from "./recogniser.ts";

const ANY = "[A-Za-z\\d_\\-]";

/**
 * Tokens that may be longer than any pattern: those of the other files, beyond their bound, with all that follows (what
 * is still read at the scanner's own bound is one anyhow). Tokens of PyPI are macaroons of 180 characters and more,
 * Google's and Dropbox's grow with what they hold, GitHub's installation tokens hold a JSON web token, 1Password's
 * service accounts a whole object. Amazon's for Bedrock are names and secrets in base64.
 */
export const apiKeyLong = {
  name: "api-key-long",
  entity: "API_KEY",
  group: "secret",
  patterns: [
    `ya29\\.${ANY}{101}`,
    `pypi-${ANY}{121}`,
    `gh[pousr]_${ANY}{121}`,
    `github_pat_${ANY}{101}`,
    `gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt|oas)-${ANY}{71}`,
    "ATATT3[A-Za-z\\d_\\-=]{121}",
    `hv[sbr]\\.${ANY}{111}`,
    `xox[abeprs](?:\\.xox[bp])?-${ANY}{111}`,
    `(?:sk|rk|pk)_(?:live|test)_${ANY}{111}`,
    `EAA[A-Za-z\\d]{101}`,
    `sl\\.(?:u\\.)?${ANY}{121}`,
    "sntrys_[A-Za-z\\d+/=_]{101}",
    "gl(?:sa|c)_[A-Za-z\\d+/=_]{101}",
    "ABSK[A-Za-z\\d+/]{100}",
    "bedrock-api-key-[A-Za-z\\d+/]{40}",
    `ops_eyJ${ANY}{60}`,
  ],
  priority: 15,
  swallow: { while: "[A-Za-z\\d_\\-=+/.]" },
  valid: (text) => isRandom(text),
} as const satisfies Recogniser;
