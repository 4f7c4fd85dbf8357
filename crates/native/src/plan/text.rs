//! A plan in words: for a terminal, and as Markdown for a pull request.

use rqchart_core::plan::{Fate, FieldChange, ObjectChange, Plan, Restart};

/// The plan as plain text.
pub fn plain(plan: &Plan) -> String {
    let mut text = format!("Verdict: {}\n", plan.verdict.in_words());
    if plan.objects.is_empty() {
        text.push_str("\nNothing is different.\n");
        return text;
    }
    if !plan.consequences.is_empty() {
        text.push_str("\nWhat happens\n");
    }
    for consequence in &plan.consequences {
        let object = consequence.object.as_ref().map_or_else(String::new, |object| format!("{object}: "));
        let (id, message) = (consequence.id, &consequence.message);
        text.push_str(&format!("  {} [{id}] {object}{message}\n", consequence.verdict.in_words()));
    }
    text.push_str("\nObjects\n");
    for object in &plan.objects {
        text.push_str(&format!("  {} {}{}\n", sign(object), object.reference(), place(object)));
        for field in &object.fields {
            text.push_str(&format!("      {}\n", change(field)));
        }
    }
    if !plan.restarts.is_empty() {
        text.push_str(&format!("\nRestarts{}\n", order(plan)));
    }
    for restart in &plan.restarts {
        text.push_str(&format!("  {}{}\n", restart.pod, standing(restart)));
    }
    text.push_str("\nSteps\n");
    for (number, step) in plan.steps.iter().enumerate() {
        text.push_str(&format!("  {}. {}\n", number + 1, step.text));
        for command in &step.commands {
            text.push_str(&format!("       {command}\n"));
        }
    }
    text
}

/// The plan as Markdown.
pub fn markdown(plan: &Plan) -> String {
    let mut text = format!("### Plan: {}\n", plan.verdict.in_words());
    if plan.objects.is_empty() {
        text.push_str("\nNothing is different.\n");
        return text;
    }
    if !plan.consequences.is_empty() {
        text.push_str("\n| verdict | what | object | why |\n| --- | --- | --- | --- |\n");
    }
    for consequence in &plan.consequences {
        let object = consequence.object.as_deref().map_or_else(String::new, code);
        let (verdict, message) = (consequence.verdict.in_words(), cell(&consequence.message));
        text.push_str(&format!("| {verdict} | `{}` | {object} | {message} |\n", consequence.id));
    }
    text.push_str(&format!("\n<details><summary>Objects: {}</summary>\n\n```diff\n", count(plan)));
    for object in &plan.objects {
        text.push_str(&fenced(&format!("{} {}{}", diff_sign(object), object.reference(), place(object))));
        for field in &object.fields {
            text.push_str(&fenced(&format!("!     {}", change(field))));
        }
    }
    text.push_str("```\n\n</details>\n");
    if !plan.restarts.is_empty() {
        text.push_str(&format!("\n**Restarts**{}:\n\n", order(plan)));
        for restart in &plan.restarts {
            text.push_str(&format!("1. {}{}\n", code(&restart.pod), standing(restart)));
        }
    }
    text.push_str("\n**Steps**\n");
    for (number, step) in plan.steps.iter().enumerate() {
        text.push_str(&format!("\n{}. {}\n", number + 1, cell(&step.text)));
        if !step.commands.is_empty() {
            let commands: String = step.commands.iter().map(|command| format!("   {}", fenced(command))).collect();
            text.push_str(&format!("\n   ```sh\n{commands}   ```\n"));
        }
    }
    text
}

fn sign(object: &ObjectChange) -> &'static str {
    match object.change {
        Fate::Added => "+",
        Fate::Changed => "~",
        Fate::Replaced => "±",
        Fate::Removed => "-",
    }
}

/// What a highlighter of differences knows.
fn diff_sign(object: &ObjectChange) -> &'static str {
    match object.change {
        Fate::Changed | Fate::Replaced => "!",
        _ => sign(object),
    }
}

fn place(object: &ObjectChange) -> String {
    let place = object.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in {namespace}"));
    if object.change == Fate::Replaced { format!("{place} (must be made anew)") } else { place }
}

fn change(field: &FieldChange) -> String {
    let FieldChange { path, from, to, refused, .. } = field;
    let what = match (from, to) {
        (None, None) => "changes".to_owned(),
        (None, Some(to)) => format!("+ {to}"),
        (Some(from), None) => format!("- {from}"),
        (Some(from), Some(to)) => format!("{from} → {to}"),
    };
    format!("{path}: {what}{}", if *refused { " (Kubernetes refuses)" } else { "" })
}

fn order(plan: &Plan) -> &'static str {
    let stops = plan.restarts.iter().all(|restart| restart.standing.is_some_and(|standing| standing.up == 0));
    if stops && plan.restarts.len() > 1 { ", all at once" } else { ", in this order" }
}

fn standing(restart: &Restart) -> String {
    let Some(standing) = restart.standing else { return String::new() };
    let writes = if standing.writes { "writes go on" } else { "no writes" };
    let vote = if restart.votes { "" } else { ", has no vote" };
    format!("{vote}: {} of {} voters up, {writes}", standing.up, standing.voters)
}

fn count(plan: &Plan) -> String {
    let words =
        [(Fate::Added, "added"), (Fate::Changed, "changed"), (Fate::Replaced, "made anew"), (Fate::Removed, "removed")];
    let counts = words.iter().filter_map(|(fate, word)| {
        let count = plan.objects.iter().filter(|object| object.change == *fate).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Text that is no Markdown: names come from manifests that anybody may have written.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '@' => escaped.extend(['\\', c]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn code(text: &str) -> String {
    let text = text.replace(['`', '\n', '\r'], "'").replace('|', "\\|");
    format!("`{text}`")
}

/// A line of a block of code, which it cannot end.
fn fenced(line: &str) -> String {
    format!("{}\n", line.replace(['\n', '\r'], " ").replace("```", "'''"))
}
