import { describe, expect, test } from "bun:test";
import { escapeHtml } from "../../../src/server/docs/escape-html.ts";

describe("escapeHtml", () => {
  test("lets no text end an element or an attribute", () => {
    expect(escapeHtml('a<b> & "c" &lt;')).toBe("a&lt;b&gt; &amp; &quot;c&quot; &amp;lt;");
  });
});
