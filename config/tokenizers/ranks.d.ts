/** A rank file, imported `with { type: "file" }`: its path on disk or inside the binary. */
declare module "*.ranks" {
  const path: string;
  export = path;
}
