// The schema as a tree of settings. It is the engine's; nothing about rqlite or Kubernetes is known here.
import type { Effect, Json } from "../engine/types.ts";
import { isObject, type JsonObject, pointer } from "../state/json.ts";

type Kind = "object" | "boolean" | "enum" | "integer" | "text" | "list" | "map" | "free";
type Level = "essential" | "advanced" | "expert";

interface Option {
  value: string;
  description: string;
}

/** A form of values: what a setting, an entry of a list or a value of a map may be. */
export interface Shape {
  kind: Kind;
  nullable: boolean;
  isSecret: boolean;
  description: string;
  default: Json | undefined;
  example: string | undefined;
  options: Option[];
  /** Settings of an object. */
  children: Setting[];
  /** Entries of a list, values of a map. */
  item: Shape | undefined;
  takesNumbers: boolean;
  minimum: number;
  maximum: number;
}

export interface Setting extends Shape {
  key: string;
  path: string;
  title: string;
  level: Level;
  group: string;
  effect: Effect | undefined;
  unit: string | undefined;
  flag: string | undefined;
  docs: string | undefined;
  required: boolean;
  /** Its title after those of what it is part of. */
  name: string;
  /** What search looks at, in small letters: what it is called, and that with what is said of it and of what it is part of. */
  called: string;
  words: string;
}

/** What a setting has of what it is part of. */
type Inherited = Pick<Setting, "level" | "group" | "name" | "words">;

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const bound = (value: Json | undefined, otherwise: number): number => (typeof value === "number" ? value : otherwise);

const ACRONYMS = /\b(api|ca|cdc|cidr|cpu|dns|gcs|http|id|ip|json|otlp|tls|url|wal)\b/gi;

/** `storageClassName` → `Storage class name`, `httpPort` → `HTTP port`, `targetCPUUtilization` → `Target CPU utilization`. */
export function titleOf(key: string): string {
  const words = key.replace(/[a-z0-9](?=[A-Z])|[A-Z](?=[A-Z][a-z]{2})/g, "$& ").replaceAll("-", " ");
  const small = words.replace(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());
  const title = small.charAt(0).toUpperCase() + small.slice(1);
  return title.replace(ACRONYMS, (word) => word.toUpperCase()).replace("Gitops", "GitOps");
}

/** All that is said of a form of values, down to its entries. */
const said = ({ description, options, item }: Shape): string =>
  [description, ...options.flatMap((option) => [option.value, option.description]), ...(item === undefined ? [] : [said(item), ...item.children.map(({ words }) => words)])].join(" ");

export class Reader {
  readonly #definitions: JsonObject;

  constructor(private readonly document: Json) {
    const root = isObject(document) ? document : {};
    const found = root["$defs"] ?? root["definitions"];
    this.#definitions = isObject(found) ? found : {};
  }

  settings(): Setting[] {
    return this.#children(isObject(this.document) ? this.document : {}, [], { level: "essential", group: "", name: "", words: "" }, 0);
  }

  /** A schema with what it refers to laid under it, and whether null is one of its forms. */
  #resolve(schema: JsonObject): { schema: JsonObject; nullable: boolean } {
    let merged = schema;
    let nullable = false;
    for (let depth = 0; depth < 8; depth += 1) {
      const { $ref, allOf, anyOf, ...rest } = merged;
      const parts = [...(Array.isArray(allOf) ? allOf : []), ...(Array.isArray(anyOf) ? anyOf : [])].filter(isObject);
      if (Array.isArray(anyOf) && parts.some((part) => part["type"] === "null")) nullable = true;
      const one = parts.find((part) => part["type"] !== "null");
      const named = typeof $ref === "string" ? this.#definitions[$ref.split("/").at(-1) ?? ""] : undefined;
      const under = isObject(named) ? named : one;
      if (under === undefined) break;
      merged = { ...under, ...rest };
    }
    const type = merged["type"];
    if (Array.isArray(type) && type.includes("null")) nullable = true;
    return { schema: merged, nullable };
  }

  #shape(raw: JsonObject, path: string[], whole: Inherited, depth: number): Shape {
    const { schema, nullable } = this.#resolve(raw);
    const declared = schema["type"];
    const types = (Array.isArray(declared) ? declared : [declared]).filter((type) => type !== "null");
    const oneOf = (Array.isArray(schema["oneOf"]) ? schema["oneOf"] : []).filter(isObject);
    const named = oneOf.map((part) => ({ value: text(part["const"]) ?? "", description: text(part["description"]) ?? "" }));
    const listed = (Array.isArray(schema["enum"]) ? schema["enum"] : []).filter((value) => typeof value === "string");
    const options = named.length > 0 ? named : listed.map((value) => ({ value, description: "" }));
    const examples = Array.isArray(schema["examples"]) ? schema["examples"] : [];
    const shape: Shape = {
      kind: "free",
      nullable,
      isSecret: schema["writeOnly"] === true,
      description: text(schema["description"]) ?? "",
      default: schema["default"],
      example: text(examples[0]),
      options,
      children: [],
      item: undefined,
      takesNumbers: types.includes("integer") || types.includes("number"),
      minimum: bound(schema["minimum"], -Infinity),
      maximum: bound(schema["maximum"], Infinity),
    };
    if (options.length > 0) shape.kind = "enum";
    else if (types.includes("boolean")) shape.kind = "boolean";
    else if (types.includes("string")) shape.kind = "text";
    else if (shape.takesNumbers) shape.kind = "integer";
    else if (types.includes("array") && isObject(schema["items"])) {
      shape.kind = "list";
      shape.item = this.#shape(schema["items"], [...path, "-"], { ...whole, words: "" }, depth + 1);
    } else if (isObject(schema["properties"]) && Object.keys(schema["properties"]).length > 0 && depth < 12) {
      shape.kind = "object";
      shape.children = this.#children(schema, path, { ...whole, words: `${whole.words} ${shape.description}`.toLowerCase() }, depth + 1);
    } else {
      const patterns = isObject(schema["patternProperties"]) ? Object.values(schema["patternProperties"]) : [];
      const value = [...patterns, schema["additionalProperties"]].find(isObject);
      if (value !== undefined) {
        shape.kind = "map";
        shape.item = this.#shape(value, [...path, "*"], { ...whole, words: "" }, depth + 1);
      }
    }
    return shape;
  }

  #children(schema: JsonObject, path: string[], whole: Inherited, depth: number): Setting[] {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required: Json[] = Array.isArray(schema["required"]) ? schema["required"] : [];
    return Object.entries(properties).flatMap(([key, raw]) => {
      if (!isObject(raw)) return [];
      const notes = isObject(raw["x-rqchart"]) ? raw["x-rqchart"] : {};
      const own = [...path, key];
      // The engine's own words, as in its types.
      const { level = whole.level, effect } = notes as { level?: Level; effect?: Effect };
      // A part of a group of settings belongs where the whole does: people look for it there.
      const group = whole.group === "" ? (text(notes["group"]) ?? "") : whole.group;
      const flag = text(notes["flag"]);
      const title = text(raw["title"]) ?? titleOf(key);
      const name = whole.name === "" ? title : `${whole.name} › ${title}`;
      const also = Array.isArray(notes["also"]) ? notes["also"].join(" ") : "";
      const called = `${title} ${own.join(".")} ${flag ?? ""} ${also}`.toLowerCase();
      const shape = this.#shape(raw, own, { level, group, name, words: `${whole.words} ${also}` }, depth);
      const words = `${called} ${whole.words} ${said(shape)}`.toLowerCase();
      const setting: Setting = {
        ...shape,
        key,
        path: pointer(own),
        title,
        level,
        group,
        effect,
        unit: text(notes["unit"]),
        flag,
        docs: text(notes["docs"]),
        required: required.includes(key),
        name,
        called,
        words,
      };
      return [setting];
    });
  }
}

/** All settings that hold a value themselves. */
export const leaves = (settings: readonly Setting[]): Setting[] =>
  settings.flatMap((setting) => (setting.kind === "object" ? leaves(setting.children) : [setting]));

/** How a value is shown in one line. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "";
  if (value === null) return "null";
  if (typeof value === "string") return value;
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
