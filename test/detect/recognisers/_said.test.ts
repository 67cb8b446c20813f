import { expect, test } from "bun:test";
import { saidOf } from "../../../src/detect/recognisers/_said.ts";

test.each([
  ['{"birthDate": "', " birth Date : "],
  ['{"label": "Birth date", "type": "text", "value": "', " label : Birth date: "],
  ['[["Birth date", "', " Birth date: "],
  ["INSERT INTO a (id, birth_date) VALUES (7, '", "INSERT INTO a birth date: "],
  ["INSERT INTO a (id, birth_date) VALUES (7, '1970-01-01', '", "INSERT INTO a : "],
  ['row["birth_date"] = "', "row birth date = "],
  ["Your birth date?\nCustomer: ", "Your birth date: "],
  ["<birth_date>", " birth date "],
  ["- **Birth date:** ", "- Birth date: "],
  ["<tr><th>Birth date</th><td>", " Birth date "],
  ['<label>Birth date</label><input type="text" value="', " Birth date : "],
  ['<input name="birth_date" value="', " name= birth date : "],
  ['<person id="7" birthDate="', " id= 7 birth Date= "],
  ["Birth date ....... ", "Birth date "],
  ["Birth date – ", "Birth date "],
  ['"name": "birthDate", "value": "', " name : birth Date: "],
  ["born\n\n", "born\n"],
  ["", ""],
])("%j is said as %j", (before, said) => {
  expect(saidOf(before)).toBe(said);
});
