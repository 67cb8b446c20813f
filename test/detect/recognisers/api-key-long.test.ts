import { apiKeyLong } from "../../../src/detect/recognisers/api-key-long.ts";
import { examples } from "./_examples.ts";

/** As many characters as one likes that look drawn by lot. */
const lot = (length: number) => "aB3xY7pQ2mK9zR4tW8vL".repeat(60).slice(0, length);

examples(apiKeyLong, {
  found: [
    "⟦glc_eyJvIjoiMTIzNDU2IiwibiI6InN0YWNrIn0xeyJvIjoiMTIzNDU2IiwibiI6InN0YWNrIn0xeyJvIjoiMTIzNDU2IiwibiI6InN0YWNrIn0xeyJvIjoiMTIzNDU2IiwibiI6InN0YWNrIn0x=⟧",
    "⟦ABSKQmVkcm9ja0FQSUtleSk4oM9QGYW2MeZ601AgJu8XGYpkBIk4oM9QGYW2MeZ601AgJu8XGYpkBIk4oM9QGYW2MeZ601AgJu8XGYpkBIk4oM9QGYW2MeZ601AgJu8XGYpkBI=⟧",
    `use ⟦pypi-AgEIcHlwaS5vcmc${lot(180)}⟧ please`,
    `use ⟦ya29.${lot(60)}-${lot(160)}⟧ please`,
    `use ⟦sl.u.${lot(900)}⟧ please`,
    `"⟦ghs_${lot(130)}.${lot(100)}.${lot(60)}⟧"`,
  ],
  passed: [`ya29.${lot(100)}`, `ghp_${"x".repeat(200)}`, `pypi-${"a".repeat(200)}`],
});
