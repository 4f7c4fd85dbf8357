// What is different from a starting point, and what that would do to a running cluster.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, told } from "../engine/client.ts";
import type { Consequence, Difference } from "../engine/types.ts";
import { titleOf } from "../form/schema.ts";
import { pastedManifests, PlanView, usePlan } from "../plan/plan.tsx";
import { showSetting } from "../page/views.ts";
import { document, imported, preset } from "../state/document.ts";
import { dotted } from "../state/json.ts";
import { afterPause } from "../state/pause.ts";
import { about, errors } from "../state/result.ts";
import { LATER } from "../text.later.ts";
import { TEXT } from "../text.ts";
import "./lines.css";

interface Source {
  id: string;
  title: string;
  text: string;
}
/** The id of manifests that somebody has pasted: all others are values. */
const PASTED = "pasted";
/** What somebody has chosen to compare with; nobody has: the starting point, or the defaults. */
const against = signal<string | null>(null);

const DEFAULTS: Source = { id: "defaults", title: LATER.changes.defaults, text: "" };

function sources(): Source[] {
  const list = [DEFAULTS];
  if (imported.value !== null) list.push({ id: "imported", title: LATER.changes.imported(imported.value.name), text: imported.value.text });
  for (const example of about.value?.examples ?? []) {
    list.push({ id: `example ${example.name}`, title: titleOf(example.name), text: example.text });
  }
  return list;
}

/** Whoever pastes manifests compares with them. */
function paste(manifests: string): void {
  pastedManifests.value = manifests;
  against.value = PASTED;
}

export function Changes() {
  /** Null where the values of one of the two have errors. */
  const [diff, setDiff] = useState<Difference | null | undefined>();
  const [failed, setFailed] = useState<string | null>(null);
  const values = sources();
  const pasted = pastedManifests.value;
  const all = pasted.trim() === "" ? values : [...values, { id: PASTED, title: LATER.changes.pasted, text: pasted }];
  const taken = values.find((source) => source.text === preset.value);
  const from = all.find((source) => source.id === against.value) ?? taken ?? DEFAULTS;
  const isPasted = from.id === PASTED;
  const present = document.value;
  const hasErrors = errors.value.length > 0;
  useEffect(() => {
    if (isPasted || hasErrors) return undefined;
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
  }, [present, from.text, isPasted, hasErrors]);
  const planning = usePlan(from.text, isPasted);
  const files = (diff?.documents ?? []).filter((file) => file.change !== "same");
  return (
    <div class="changes">
      <label class="against">
        {LATER.changes.against}{" "}
        <select
          value={from.id}
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
      {hasErrors && <p class="banner warning">{LATER.changes.needsFix}</p>}
      {!hasErrors && isPasted && <p class="about">{LATER.changes.pastedAbout}</p>}
      {!hasErrors && !isPasted && (
        <>
          {diff === null && <p class="banner warning">{LATER.changes.otherNeedsFix}</p>}
          {diff === undefined && <p class="empty">{failed ?? LATER.changes.working}</p>}
          {diff && diff.effects.length > 0 && <Settings effects={diff.effects} isPlanned={planning.failed === null} />}
        </>
      )}
      {!hasErrors && <PlanView {...planning} paste={paste} />}
      {!hasErrors && !isPasted && diff && (
        <>
          {files.length === 0 && <p class="empty">{LATER.changes.none}</p>}
          {files.map((file) => (
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

/** The settings that differ. What they do is said where no plan says it: it knows both states, a setting's effect neither. */
function Settings({ effects, isPlanned }: { effects: Consequence[]; isPlanned: boolean }) {
  return (
    <section>
      <h3>{LATER.changes.differ}</h3>
      <ul class="effects">
        {effects.map((effect) => (
          <li key={effect.setting + effect.sentence}>
            <button type="button" class="quiet" onClick={() => showSetting(effect.setting)}>
              <code>{dotted(effect.setting)}</code>
            </button>
            {!isPlanned && (
              <>
                {" "}
                <span class={`effect ${effect.effect}`}>{TEXT.form.effects[effect.effect]}</span> {effect.sentence}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
