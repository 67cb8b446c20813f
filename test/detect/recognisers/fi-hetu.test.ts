import { fiHetu } from "../../../src/detect/recognisers/fi-hetu.ts";
import { examples } from "./_examples.ts";

examples(fiHetu, {
  found: ["⟦131052-308T⟧", "⟦131052a308t⟧", "hetu: ⟦131052-308T⟧", "⟦190477-0244⟧", "tilausnumero 3, ⟦131052-308T⟧"],
  passed: ["131052-308U", "321352-308T", "131052-001C", "CPR-nummer: 190477-0244", "kennitala 240193-2489"],
});
