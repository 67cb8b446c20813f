import { macAddress } from "../../../src/detect/recognisers/mac-address.ts";
import { examples } from "./_examples.ts";

examples(macAddress, {
  found: [
    "MAC ⟦00:1B:44:11:3A:B7⟧",
    "⟦00-1b-44-11-3a-b7⟧ is mine",
    "⟦001b.4411.3ab7⟧",
    "mac address: ⟦12-34-56-78-90-12⟧",
    "ether ⟦10:20:30:40:50:60⟧",
  ],
  passed: [
    "00:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff",
    "12-34-56-78-90-12",
    "at 10:20:30:40:50:60",
    "1234.5678.9012",
    "00:1B:44:11:3A",
  ],
});
