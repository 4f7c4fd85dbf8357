// The chart's examples as starting points, each with the settings that it makes.
import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { say } from "../page/views.ts";
import { document, earlier, preset, putText, text } from "../state/document.ts";
import { about } from "../state/result.ts";
import { forget } from "../state/store.ts";
import { LATER } from "../text.later.ts";
import { titleOf } from "./schema.ts";
import "./presets.css";

const all = computed(() => {
  const before = earlier.value === null ? [] : [{ name: LATER.presets.earlier, about: LATER.presets.earlierAbout, text: earlier.value.text }];
  return [{ name: LATER.presets.defaults, about: LATER.presets.defaultsAbout, text: "" }, ...before, ...(about.value?.examples ?? [])];
});
/** The text of the one that stands in values.yaml; of every other text nothing here is drawn again. */
const chosen = computed(() => all.value.find((example) => example.text === text.value)?.text);

/** Forgets at the second click: there is nothing left to undo it with. */
function Forget() {
  const [isSure, setSure] = useState(false);
  const click = (): void => {
    setSure(true);
    if (!isSure) return;
    forget();
    // Without a link, and without what is in memory.
    location.replace(location.pathname);
  };
  return (
    <div class="preset">
      <button type="button" onClick={click} onBlur={() => setSure(false)}>
        {isSure ? LATER.presets.forgetSure : LATER.presets.forget}
      </button>
      <p class="about">{LATER.presets.forgetAbout}</p>
    </div>
  );
}

export function Presets() {
  return (
    <>
      <p class="about">{LATER.presets.hint}</p>
      <ul>
        {all.value.map((example) => (
          <li key={example.name} class={chosen.value === example.text ? "preset chosen" : "preset"}>
            <div class="preset-head">
              <strong>{titleOf(example.name)}</strong>
              <button
                type="button"
                onClick={() => {
                  putText(example.text);
                  preset.value = example.text;
                  say(LATER.presets.taken(titleOf(example.name)), document.peek());
                }}
              >
                {LATER.presets.take(titleOf(example.name))}
              </button>
            </div>
            <p class="about">{example.about}</p>
            <details>
              <summary>{LATER.presets.changes}</summary>
              <pre tabIndex={0}>{example.text === "" ? LATER.presets.none : example.text}</pre>
            </details>
          </li>
        ))}
      </ul>
      <Forget />
    </>
  );
}
