import { esCif } from "../../../src/detect/recognisers/es-cif.ts";
import { examples } from "./_examples.ts";

examples(esCif, {
  found: ["Datos (C.I.F. ⟦J99216582⟧)", "CIF ⟦J99216582⟧", "NIF: ⟦A-28123453⟧"],
  passed: ["J99216582", "CIF J99216583"],
});
