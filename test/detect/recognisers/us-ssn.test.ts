import { usSsn } from "../../../src/detect/recognisers/us-ssn.ts";
import { examples } from "./_examples.ts";

examples(usSsn, {
  found: [
    "SSN for claim 553: ⟦536-22-1234⟧",
    "SSN: ⟦123.45.6789⟧",
    '{"result": "⟦536-22-1234⟧"}',
    '{"error":"user ⟦536-22-1234⟧ not found"}',
    "The order was placed by ⟦536-22-1234⟧",
    "SSN: ⟦536-22-1234⟧",
    "here: ⟦219-09-9998⟧",
    "social security number ⟦536221234⟧",
    "ITIN ⟦912-70-1234⟧",
    "My SSN is ⟦123-45-6789⟧",
    "ssn=⟦123456789⟧",
  ],
  passed: [
    "version 123.45.6789",
    "000-12-3456",
    "666-12-3456",
    "912-10-1234",
    "536-00-1234",
    "536-22-0000",
    "078-05-1120",
    "536221234",
    "order 536-22-1234",
    "Order number is 536-22-1234",
    "1-536-22-1234",
  ],
});
