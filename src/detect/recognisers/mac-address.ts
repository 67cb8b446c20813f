import { labelled, labels } from "./_context.ts";
import type { Recogniser } from "./recogniser.ts";

const PAIR = "[\\da-fA-F]{2}";
const FOUR = "[\\da-fA-F]{4}";
const MAC = labels("mac", "mac address", "mac adresse", "adresse mac", "hwaddr", "ether", "ethernet", "bssid", "wifi");

/** EUI-48 addresses (IEEE 802): six pairs with colons or hyphens, or three fours with dots. */
export const macAddress = {
  name: "mac-address",
  entity: "MAC_ADDRESS",
  group: "network",
  patterns: [`${PAIR}(?::${PAIR}){5}`, `${PAIR}(?:-${PAIR}){5}`, `${FOUR}\\.${FOUR}\\.${FOUR}`],
  priority: 45,
  valid(text, before) {
    if (/[\da-f][:.-]$/i.test(before) || /^(?:00.?){6}$|^(?:ff.?){6}$/i.test(text)) return false;
    return text.includes(":") || /[a-f]/i.test(text) || labelled(before, MAC);
  },
} as const satisfies Recogniser;
