import type { Command } from "../command.ts";
import { variableOf } from "./arguments.ts";
import type { Style } from "./style.ts";

/** Every command with its summary: `weir --help`. With `group`, only that group's. */
export function overview(commands: readonly Command[], style: Style, group?: string): string {
  const shown = group === undefined ? commands : commands.filter(({ name }) => name.startsWith(`${group} `));
  const width = Math.max(...shown.map(({ name }) => name.length)) + 2;
  const rows = shown.map(({ name, summary }) => `  ${style.bold(name.padEnd(width))}${summary}`);
  const first = group === undefined ? "weir COMMAND [FLAGS]" : `weir ${group} COMMAND [FLAGS]`;
  return [
    ...(group === undefined ? ["Weir, an LLM gateway: one binary, one YAML file, any OpenAI SDK.", ""] : []),
    `${style.bold("Usage:")} ${first}`,
    "",
    style.bold("Commands:"),
    ...rows,
    "",
    "weir help COMMAND shows flags and an example. Every flag is also an environment variable: --state-dir is WEIR_STATE_DIR.",
    ...(group === undefined ? ["Start with: weir demo"] : []),
    "",
  ].join("\n");
}

/** One command: usage, flags, environment variables, an example. */
export function commandHelp(command: Command, style: Style): string {
  const { name, summary, positionals, options, example } = command;
  const rows = Object.entries(options).map(([flag, option]) => {
    const value = option.type === "string" ? ` ${placeholder(flag)}` : "";
    return [
      `--${flag}${value}`,
      `${option.help}${option.multiple === true ? " (may be repeated; separated by commas in the variable)" : ""}`,
    ] as const;
  });
  rows.push(["--help", "Show this"]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const variables = Object.keys(options).map(variableOf);
  return [
    summary,
    "",
    `${style.bold("Usage:")} ${["weir", name, "[FLAGS]", positionals].filter((part) => part !== "").join(" ")}`,
    "",
    style.bold("Flags:"),
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`),
    ...(variables.length === 0 ? [] : ["", `Environment variables of these flags: ${variables.join(", ")}`]),
    "",
    `${style.bold("Example:")}\n  ${example}`,
    "",
  ].join("\n");
}

function placeholder(flag: string): string {
  const known: Readonly<Record<string, string>> = {
    listen: "HOST:PORT",
    "policy-config": "FILE",
    file: "FILE",
    out: "FILE",
    "state-dir": "DIR",
    "fail-mode": "block|allow",
    workers: "N|auto",
    since: "TIME",
    until: "TIME",
    format: "FORMAT",
    template: "NAME",
    traffic: "N",
  };
  return known[flag] ?? flag.slice(flag.lastIndexOf("-") + 1).toUpperCase();
}
