import { render } from "preact";
import { App } from "./app.tsx";
import { startPlainText } from "./parts/every-text.ts";
import { startTheme } from "./parts/theme.ts";

if (typeof document !== "undefined") {
  const root = document.getElementById("app");
  if (root !== null) {
    startTheme();
    startPlainText();
    root.textContent = "";
    render(<App />, root);
  }
}
