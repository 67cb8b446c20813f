import { esNss } from "../../../src/detect/recognisers/es-nss.ts";
import { examples } from "./_examples.ts";

examples(esNss, {
  found: ["NSS ⟦28 12345678 40⟧", "seguridad social: ⟦281234567840⟧"],
  passed: ["281234567840", "NSS 281234567841", "NSS 001234567840"],
});
