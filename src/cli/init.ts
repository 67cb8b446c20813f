import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { documentSchema } from "../config/json-schema.ts";
import { DEFAULT_TEMPLATE, TEMPLATES, type Template } from "../config/templates.ts";
import { nearest } from "../lib/nearest.ts";
import type { Command, Io } from "./command.ts";
import { DEFAULT_CONFIG_FILE } from "./terminal/config-source.ts";
import { hasFlag, textFlag } from "./terminal/flags.ts";

const SCHEMA_FILE = "policy-config.schema.json";
const TESTS_FILE = join("tests", "example.yaml");

/** `weir init`: a configuration to begin with, its JSON Schema for editors, and example tests. */
export const init: Command<"init"> = {
  name: "init",
  summary: "Write a policy-config.yaml to begin with",
  positionals: "",
  options: {
    template: { type: "string", help: `Which one, see --list; default ${DEFAULT_TEMPLATE}` },
    list: { type: "boolean", help: "List the templates and write nothing" },
    force: { type: "boolean", help: "Overwrite a file that is there" },
  },
  example: "weir init --template fallback",
  async run(args, io) {
    if (hasFlag(args, "list")) {
      const width = Math.max(...Object.keys(TEMPLATES).map((name) => name.length)) + 2;
      for (const [name, { summary }] of Object.entries(TEMPLATES)) io.out(`${name.padEnd(width)}${summary}\n`);
      return 0;
    }
    const name = textFlag(args, "template") ?? DEFAULT_TEMPLATE;
    const template = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
    if (template === undefined) {
      const names = Object.keys(TEMPLATES);
      const near = nearest(name, names);
      const hint = near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
      io.err(`weir: there is no template "${name}": ${hint}\n`);
      return 2;
    }
    return write(template, { force: hasFlag(args, "force"), io });
  },
};

function write({ text, tests }: Template, { force, io }: { force: boolean; io: Io }): number {
  const inPlace = (file: string) => join(io.cwd, file);
  if (existsSync(inPlace(DEFAULT_CONFIG_FILE)) && !force) {
    io.err(`weir: ${DEFAULT_CONFIG_FILE} is there already and is left as it is: --force overwrites it\n`);
    return 1;
  }
  let hasTests: boolean;
  try {
    writeFileSync(inPlace(SCHEMA_FILE), `${JSON.stringify(documentSchema(), null, 2)}\n`);
    hasTests = writeTests(inPlace(TESTS_FILE), tests);
    const document = `# yaml-language-server: $schema=${SCHEMA_FILE}\n${text}`;
    writeFileSync(inPlace(DEFAULT_CONFIG_FILE), document, { flag: force ? "w" : "wx" });
  } catch (thrown) {
    io.err(`weir: the files cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return 1;
  }
  io.out(
    hasTests
      ? `Wrote ${DEFAULT_CONFIG_FILE}, ${SCHEMA_FILE} and ${TESTS_FILE}.\n`
      : `Wrote ${DEFAULT_CONFIG_FILE} and ${SCHEMA_FILE}; ${TESTS_FILE} holds cases of your own and is left as it is.\n`,
  );
  io.out("Next: weir policy lint, weir policy test, then weir gateway run\n");
  return 0;
}

/** Writes the example cases, also over those of another template; false where somebody has made them their own. */
function writeTests(file: string, tests: string): boolean {
  if (existsSync(file)) {
    const present = readFileSync(file, "utf8");
    if (!Object.values(TEMPLATES).some((template) => template.tests === present)) return false;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, tests);
  return true;
}
