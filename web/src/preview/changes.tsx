// What is different from a starting point, and what that would do to a running cluster.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, told } from "../engine/client.ts";
import type { Difference } from "../engine/types.ts";
import { titleOf } from "../form/schema.ts";
import { afterPause } from "../page/pause.ts";
import { pastedManifests, PlanView } from "../plan/plan.tsx";
import { showSetting } from "../page/views.ts";
import { document, imported, preset } from "../state/document.ts";
import { dotted } from "../state/json.ts";
import { about, errors } from "../state/result.ts";
import { LATER } from "../text.later.ts";
import { TEXT } from "../text.ts";

/** What somebody has chosen to compare with; nobody has: the starting point, or the defaults. */
const against = signal<string | null>(null);

function sources(): { id: string; title: string; text: string }[] {
  const list: { id: string; title: string; text: string }[] = [{ id: "defaults", title: LATER.changes.defaults, text: "" }];
  if (imported.value !== null) list.push({ id: "imported", title: LATER.changes.imported(imported.value.name), text: imported.value.text });
  for (const example of about.value?.examples ?? []) {
    list.push({ id: `example ${example.name}`, title: titleOf(example.name), text: example.text });
  }
  return list;
}

export function Changes() {
  /** Null where the values of one of the two have errors. */
  const [diff, setDiff] = useState<Difference | null | undefined>();
  const [failed, setFailed] = useState<string | null>(null);
  const all = sources();
  const taken = all.find((source) => source.text === preset.value);
  const from = all.find((source) => source.id === against.value) ?? taken ?? all[0];
  const present = document.value;
  const hasErrors = errors.value.length > 0;
  useEffect(() => {
    if (from === undefined || hasErrors) return undefined;
    return afterPause(() => {
      ask("diff", { release: present.release, from: from.text, to: present.text }).then(
        (answer) => {
          setDiff(answer);
          setFailed(null);
        },
        (error: unknown) => {
          const why = told(error);
          if (why === null) return;
          setDiff(undefined);
          setFailed(why);
        },
      );
    });
  }, [present, from?.text, hasErrors]);
  // What is pasted has no values: the plan alone is about it.
  const isPasted = pastedManifests.value.trim() !== "";
  const files = (diff?.documents ?? []).filter((file) => file.change !== "same");
  return (
    <div class="changes">
      <label class="against">
        {LATER.changes.against}{" "}
        <select
          value={from?.id}
          onChange={(event) => {
            against.value = event.currentTarget.value;
          }}
        >
          {all.map((source) => (
            <option key={source.id} value={source.id}>
              {source.title}
            </option>
          ))}
        </select>
      </label>
      {(hasErrors || diff === null) && <p class="banner warning">{hasErrors ? LATER.changes.needsFix : LATER.changes.otherNeedsFix}</p>}
      {failed !== null && <p class="empty">{failed}</p>}
      {diff && !hasErrors && (
        <>
          {diff.effects.length > 0 && !isPasted && (
            <section>
              <h3>{LATER.changes.effects}</h3>
              <ul class="effects">
                {diff.effects.map((effect) => (
                  <li key={effect.setting + effect.sentence}>
                    <span class={`effect ${effect.effect}`}>{TEXT.form.effects[effect.effect]}</span>{" "}
                    <button type="button" class="quiet" onClick={() => showSetting(effect.setting)}>
                      <code>{dotted(effect.setting)}</code>
                    </button>{" "}
                    {effect.sentence}
                  </li>
                ))}
              </ul>
            </section>
          )}
          <PlanView from={from?.text ?? ""} />
          {isPasted && <p class="about">{LATER.changes.pasted}</p>}
          {!isPasted && files.length === 0 && <p class="empty">{LATER.changes.none}</p>}
          {!isPasted && files.map((file) => (
            <details key={`${file.template} ${file.kind} ${file.name}`} open class="difference">
              <summary>
                <span class={`change ${file.change}`}>{LATER.changes.change[file.change]}</span>{" "}
                <b>{file.kind}</b> {file.name}
              </summary>
              {file.settings.length > 0 && (
                <p class="about">
                  {LATER.changes.settings} <code>{file.settings.map(dotted).join(", ")}</code>
                </p>
              )}
              <div class="code" role="region" aria-label={`${file.kind} ${file.name}`} tabIndex={0}>
                <pre class="yaml">
                  {file.hunks.flatMap((hunk) => [
                    <span class="line hunk" key={`@${hunk.toLine}`}>{`@@ ${hunk.fromLine} → ${hunk.toLine} @@\n`}</span>,
                    ...hunk.lines.map((line, index) => (
                      <span key={`${hunk.toLine} ${index}`} class={`line ${line.tag === "+" ? "plus" : line.tag === "-" ? "minus" : ""}`}>
                        {`${line.tag} ${line.text.replace(/\n$/, "")}\n`}
                      </span>
                    )),
                  ])}
                </pre>
              </div>
            </details>
          ))}
        </>
      )}
    </div>
  );
}
