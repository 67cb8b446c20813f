import type { SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import { elements, type Span } from "../../lib/json/scan.ts";
import { CACHE_CONTROL } from "../_foreign-fields.ts";

/** Whether an array content holds parts that only OpenAI knows. */
export function partsNeedEdits(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => isObject(part) && translation(part) !== null);
}

/**
 * Edits to the parts of a content: a `refusal` becomes text; a `file` with inline data becomes `document_url`, one
 * named by its id loses its wrapper; marks for other services' caches are removed. `image_url`, `input_audio` and
 * Mistral's own parts stay.
 */
export function partEdits(source: string, list: Span | undefined, content: unknown): readonly SourceEdit[] {
  if (list === undefined || !partsNeedEdits(content)) return [];
  const parts = content as readonly unknown[];
  return elements(source, list.start).flatMap((span, index) => {
    const part = parts[index];
    const translate = isObject(part) ? translation(part) : null;
    if (translate === null) return [];
    const editor = new MemberEditor(source, span.start);
    for (const mark of CACHE_MARKS) editor.remove(mark);
    translate(editor, source);
    return editor.edits();
  });
}

/** OpenAI's, and what Claude's callers send by OpenRouter: Mistral refuses what it does not know in a part (422). */
const CACHE_MARKS = ["prompt_cache_breakpoint", CACHE_CONTROL] as const;

type Translation = (editor: MemberEditor, source: string) => void;

function translation(part: JsonObject): Translation | null {
  if (part["type"] === "refusal") return editRefusal;
  const file = part["file"];
  if (part["type"] === "file" && isObject(file)) return (editor, source) => editFile(editor, source, file);
  return CACHE_MARKS.every((mark) => part[mark] === undefined) ? null : () => {};
}

const editRefusal: Translation = (editor) => {
  editor.set("type", '"text"');
  editor.rename("refusal", "text");
};

function editFile(editor: MemberEditor, source: string, file: JsonObject): void {
  const at = editor.get("file")!;
  const inner = new MemberEditor(source, at.start);
  const text = (key: string): string | null => {
    const member = typeof file[key] === "string" ? inner.get(key) : undefined;
    return member === undefined ? null : source.slice(member.start, member.end);
  };
  const [data, id, name] = [text("file_data"), text("file_id"), text("filename")];
  if (data === null && id === null) return;
  editor.remove("file");
  if (data === null) editor.set("file_id", id!);
  else {
    editor.set("type", '"document_url"');
    editor.set("document_url", data);
    if (name !== null) editor.set("document_name", name);
  }
}
