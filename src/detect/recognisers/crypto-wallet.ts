import { isBase58Check, isBech32 } from "./_wallet-checks.ts";
import type { Recogniser } from "./recogniser.ts";

const BASE58 = "[1-9A-HJ-NP-Za-km-z]";
// Version bytes: Bitcoin 0 and 5, Litecoin 48 and 50, Dogecoin 30 and 22, Dash 76 and 16, Tron 65, Zcash 28 (two bytes).
const VERSIONS = new Set([0, 5, 48, 50, 30, 22, 76, 16, 65, 28]);

/**
 * Addresses of wallets: Base58Check (Bitcoin, Litecoin, Dogecoin, Dash, Tron, Zcash), Bech32 and Bech32m (BIP 173, BIP
 * 350), Ethereum's forty hexadecimal digits.
 */
export const cryptoWallet = {
  name: "crypto-wallet",
  entity: "CRYPTO_WALLET",
  group: "payment",
  patterns: [
    `[13LMDXT7t]${BASE58}{25,34}`,
    "(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,71}",
    "(?:BC|TB|LTC)1[02-9AC-HJ-NP-Z]{11,71}",
    "0x[\\da-fA-F]{40}",
  ],
  priority: 30,
  valid(text) {
    if (text.startsWith("0x")) return !/^0x(.)\1*$/.test(text) && !/^0x0{8}/.test(text);
    if (/^(?:bc|tb|ltc)1/i.test(text)) return isBech32(text.toLowerCase());
    return isBase58Check(text, VERSIONS);
  },
} as const satisfies Recogniser;
