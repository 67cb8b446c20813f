import { luNin } from "../../../src/detect/recognisers/lu-nin.ts";
import { examples } from "./_examples.ts";

examples(luNin, {
  found: ["matricule ⟦1893120105732⟧", "au Luxembourg, c'est le ⟦1893120105732⟧"],
  passed: ["1893120105732", "matricule 1893120105733", "matricule 1893130105732"],
});
