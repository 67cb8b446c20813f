import { ipAddress } from "../../../src/detect/recognisers/ip-address.ts";
import { examples } from "./_examples.ts";

examples(ipAddress, {
  found: [
    "from ⟦88.165.145.21⟧.",
    "⟦10.0.0.5⟧:8080",
    "⟦2001:db8::8a2e:370:7334⟧",
    "⟦fe80::1ff:fe23:4567:890a⟧%eth0",
    "⟦2001:0db8:85a3:0000:0000:8a2e:0370:7334⟧",
    "⟦::ffff:192.0.2.128⟧",
    "IP: ⟦8.8.8.8⟧",
    "ping ⟦1.1.1.1⟧",
    "the server at ⟦8.8.8.8⟧ is silent",
  ],
  passed: [
    "version 10.0.19041.1",
    "v1.22.33.44",
    "1.2.3.4",
    "Chrome/120.0.0.0",
    "256.1.1.1",
    "01.02.03.04",
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.0",
    "std::vector",
    "a::b",
    "dead::beef",
    "12:30:45",
    "1.2.3.4.5",
    "upgrade to 3.24.35.22",
  ],
});
