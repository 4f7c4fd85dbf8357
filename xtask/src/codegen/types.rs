//! The page's TypeScript types, from the schemas of the engine's requests and answers.

use rqchart_wasm::api::{Call, contract};
use serde_json::Value;

const HEAD: &str = "\
// What the engine is asked and answers. Generated from crates/wasm/src/api by `cargo xtask codegen`.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
";

/// All of the file.
pub(super) fn page() -> String {
    let (calls, definitions) = contract();
    let mut text = HEAD.to_owned();
    for (name, schema) in &definitions {
        text.push_str(&format!("\n{}", comment(schema, "")));
        match schema.get("properties") {
            Some(_) => text.push_str(&format!("export interface {name} {}\n", expression(schema, ""))),
            None => text.push_str(&format!("export type {name} = {};\n", expression(schema, ""))),
        }
    }
    text.push_str("\n/** Each call with its request and its answer. */\nexport interface Calls {\n");
    for call in &calls {
        text.push_str(&signature(call));
    }
    text.push_str("}\n");
    text
}

fn signature(Call { name, about, request, answer }: &Call) -> String {
    let request =
        request.as_ref().map_or_else(|| "Record<string, never>".to_owned(), |it| expression(it.as_value(), "  "));
    let answer =
        answer.as_ref().map_or_else(|| "Uint8Array<ArrayBuffer>".to_owned(), |it| expression(it.as_value(), "  "));
    format!("  /** {about} */\n  {name}: [request: {request}, answer: {answer}];\n")
}

/// A schema as a type, on lines of this indent where it takes several.
fn expression(schema: &Value, indent: &str) -> String {
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    if let Some(reference) = text("$ref") {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(constant) = schema.get("const") {
        return constant.to_string();
    }
    if let Some(words) = list("enum") {
        return union(words.iter().map(Value::to_string));
    }
    if let Some(branches) = list("anyOf").or_else(|| list("oneOf")) {
        return union(branches.iter().map(|branch| expression(branch, indent)));
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => union(kinds.iter().filter_map(Value::as_str).map(|kind| of(kind, schema, indent))),
        Some(Value::String(kind)) => of(kind, schema, indent),
        _ => "Json".to_owned(),
    }
}

fn of(kind: &str, schema: &Value, indent: &str) -> String {
    match kind {
        "integer" | "number" => "number".to_owned(),
        "array" => match schema.get("items").map_or_else(|| "Json".to_owned(), |item| expression(item, indent)) {
            several if several.contains(" | ") => format!("({several})[]"),
            one => format!("{one}[]"),
        },
        "object" if schema.get("properties").is_some_and(Value::is_object) => object(schema, indent),
        "object" => {
            let value =
                schema.get("additionalProperties").map_or_else(|| "Json".to_owned(), |it| expression(it, indent));
            format!("Record<string, {value}>")
        }
        same => same.to_owned(),
    }
}

fn object(schema: &Value, indent: &str) -> String {
    let inner = format!("{indent}  ");
    let required = schema.get("required").and_then(Value::as_array);
    let mut text = "{\n".to_owned();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let mark = if required.is_some_and(|names| names.iter().any(|it| it == name)) { "" } else { "?" };
        text.push_str(&format!("{}{inner}{name}{mark}: {};\n", comment(field, &inner), expression(field, &inner)));
    }
    text + indent + "}"
}

fn union(types: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    types.for_each(|it| {
        if !seen.contains(&it) {
            seen.push(it);
        }
    });
    seen.join(" | ")
}

fn comment(schema: &Value, indent: &str) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default().replace("*/", "*\u{200b}/");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let mut text = format!("{indent}/**\n");
            for line in lines {
                text.push_str(&format!("{indent} * {line}\n"));
            }
            text + indent + " */\n"
        }
    }
}
