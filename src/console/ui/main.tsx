import { render } from "preact";
import { App } from "./app.tsx";
import { startTheme } from "./parts/theme.ts";

if (typeof document !== "undefined") {
  const root = document.getElementById("app");
  if (root !== null) {
    startTheme();
    root.textContent = "";
    render(<App />, root);
  }
}
