/** A weights file, imported `with { type: "file" }`: its path on disk or inside the binary. */
declare module "*.weights" {
  const path: string;
  export = path;
}
