import { plPesel } from "../../../src/detect/recognisers/pl-pesel.ts";
import { examples } from "./_examples.ts";

examples(plPesel, {
  found: ["PESEL ⟦44 05 14 01359⟧", "PESEL ⟦44051401359⟧", "Mój PESEL to ⟦44051401359⟧."],
  passed: ["44051401359", "PESEL 44051401358", "PESEL 44951401359"],
});
