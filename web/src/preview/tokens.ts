// Colours for rendered YAML. The text is the engine's own, so a line tells enough; nothing is decided by this.

interface Token {
  kind: "key" | "comment" | "string" | "number" | "plain";
  text: string;
}

const LINE = /^(\s*(?:- )*)(?:((?:"(?:[^"\\]|\\.)*"|[^\s#"'[\]{}][^:#"']*)):(?=\s|$))?(.*)$/;

export function tokens(line: string): Token[] {
  const trimmed = line.trimStart();
  if (trimmed.startsWith("#") || trimmed === "---") return [{ kind: "comment", text: line }];
  const match = LINE.exec(line);
  if (match === null) return [{ kind: "plain", text: line }];
  const [, indent = "", key, rest = ""] = match;
  const list: Token[] = [];
  if (indent !== "") list.push({ kind: "plain", text: indent });
  if (key !== undefined) list.push({ kind: "key", text: key }, { kind: "plain", text: ":" });
  const value = rest.trim();
  if (value === "") {
    if (rest !== "") list.push({ kind: "plain", text: rest });
  } else if (/^["']/.test(value)) list.push({ kind: "string", text: rest });
  else if (/^(-?\d[\d.]*|true|false|null|\[\]|\{\})$/.test(value)) list.push({ kind: "number", text: rest });
  else list.push({ kind: "plain", text: rest });
  return list;
}
