import { labelled, labels } from "./_context.ts";
import type { Recogniser } from "./recogniser.ts";

const PAIR = "[\\da-fA-F]{2}";
const FOUR = "[\\da-fA-F]{4}";
const MAC = labels("mac", "mac address", "mac adresse", "adresse mac", "hwaddr", "ether", "ethernet", "bssid", "wifi");

/** Whether a pair and a sign stand in front, as within a longer one. */
function isWithin(before: string): boolean {
  const sign = before.charCodeAt(before.length - 1);
  if (sign !== 0x3a && sign !== 0x2d && sign !== 0x2e) return false;
  const code = before.charCodeAt(before.length - 2);
  const small = code | 32;
  return (code >= 0x30 && code <= 0x39) || (small >= 0x61 && small <= 0x66);
}

/** EUI-48 addresses (IEEE 802): six pairs with colons or hyphens, or three fours with dots. */
export const macAddress = {
  name: "mac-address",
  entity: "MAC_ADDRESS",
  group: "network",
  patterns: [`${PAIR}(?::${PAIR}){5}`, `${PAIR}(?:-${PAIR}){5}`, `${FOUR}\\.${FOUR}\\.${FOUR}`],
  priority: 45,
  canBegin: (before) => !isWithin(before),
  valid(text, before) {
    if (isWithin(before) || /^(?:00.?){6}$|^(?:ff.?){6}$/i.test(text)) return false;
    // without letters it could be a clock's or a score
    return /[a-f]/i.test(text) || labelled(before, MAC);
  },
} as const satisfies Recogniser;
