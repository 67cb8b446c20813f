import { driverLicense } from "../../../src/detect/recognisers/driver-license.ts";
import { examples } from "./_examples.ts";

examples(driverLicense, {
  found: [
    '{"drivers_license":"⟦D1234567⟧","wagon":"F7654321"}',
    "my driver's license number is ⟦LH329609T⟧",
    "Driver's license: ⟦2270-66-1551⟧",
    "Führerschein: ⟦B072RRE2I55⟧",
    "driving licence ⟦MORGA657054SM9IJ⟧",
    "permis de conduire ⟦123456789012⟧",
    "permis n° ⟦73ZV43663⟧",
    "carta de condução ⟦GL-923914 8⟧",
  ],
  passed: [
    "Permis B. 2014-2018 : développeuse",
    "Rijbewijs B. 2017–2022 verpleegkundige, 2022–heden",
    "Driving licence: none\n2016 – 2021 analyst",
    "LH329609T",
    "driver's license renewal",
  ],
});
