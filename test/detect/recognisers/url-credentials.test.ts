import { urlCredentials } from "../../../src/detect/recognisers/url-credentials.ts";
import { examples } from "./_examples.ts";

examples(urlCredentials, {
  found: [
    "⟦postgres://app:s3cr3t@db.example.com:5432/orders?ssl=1⟧ fails",
    "see ⟦https://anna:pw@example.org/a⟧ now",
    "as `⟦https://anna:pw@example.org/a⟧`.",
    "⟦redis://:topsecret@10.0.0.1:6379/0⟧",
  ],
  passed: [
    "https://example.org:8080/a@b",
    "https://example.org/",
    "postgres://user:$PASSWORD@db.example/x",
    "https://user:<password>@example.org/",
  ],
});
