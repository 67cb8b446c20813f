import { deRvnr } from "../../../src/detect/recognisers/de-rvnr.ts";
import { examples } from "./_examples.ts";

examples(deRvnr, {
  found: ["⟦65 170839 J 003⟧", "Rentenversicherungsnummer ⟦65170839J003⟧"],
  passed: ["65170839J004", "65173839J003", "65170839003"],
});
