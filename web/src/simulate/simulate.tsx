// The simulator's view: a scenario, the cluster as it goes through it, and what came of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { copy } from "../page/copy.ts";
import { ask, told } from "../engine/client.ts";
import type { Finding, Played } from "../engine/types.ts";
import { titleOf } from "../form/schema.ts";
import { release } from "../state/document.ts";
import { isStale } from "../state/result.ts";
import { AHEAD, seconds } from "../text.ahead.ts";
import { choose, chosen, EARLIER, earlier, event, failure, isBefore, isOpen, linkFailure, offered, OWN, pause, played, remove, seek, text, trace, write } from "./run.ts";
import { Stage } from "./stage.tsx";
import { Timeline } from "./timeline.tsx";
import "../page/outcome.css";
import "./simulate.css";

const TEXT = AHEAD.simulate;
/** So many events are in the list at once. */
const MOST = 200;

export function Simulate() {
  useEffect(() => {
    isOpen.value = true;
    return () => {
      isOpen.value = false;
      pause();
    };
  }, []);
  return (
    <div class="simulate">
      {isStale.value && <p class="banner warning">{TEXT.stale}</p>}
      {[failure.value, linkFailure.value].map((why) => why !== null && (
        <p class="banner error" role="alert" key={why}>
          {TEXT.failed} {why}
        </p>
      ))}
      <Choice />
      <Outcome />
      {isBefore.value && <p class="banner warning">{TEXT.before}</p>}
      <Timeline />
      <Stage />
      <Steps />
      <Events />
      <Text />
      <p class="about">{TEXT.about}</p>
    </div>
  );
}

function Choice() {
  const scenario = offered.value.find(({ name }) => name === chosen.value);
  return (
    <div>
      <label class="against">
        {TEXT.scenario}{" "}
        <select value={chosen.value} onChange={(change) => choose(change.currentTarget.value)}>
          <option value={OWN}>{TEXT.own}</option>
          {earlier.value !== null && <option value={EARLIER}>{TEXT.earlier}</option>}
          <optgroup label={TEXT.builtin}>
            {offered.value.map(({ name }) => (
              <option key={name} value={name}>
                {titleOf(name)}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <p class="about">{scenario?.about ?? TEXT.ownAbout}</p>
    </div>
  );
}

/** Longer than this, in milliseconds, no single fault may stop writes: that is an outage, also where the scenario sets no limit. */
const OUTAGE = 10_000;

/** What a run came to, and whether that is good news. */
function judged({ scenario, trace: run }: Played): { look: "fine" | "warning" | "error"; said: string } | null {
  if (run === null) return null;
  if (run.verdict !== "held") return { look: run.lost > 0 || run.verdict === "split" ? "error" : "warning", said: TEXT.verdict[run.verdict] };
  // A scenario may be about what a cluster does not get over by itself.
  if (run.states.at(-1)?.writes === false) return { look: "warning", said: TEXT.heldDown };
  // Before a cluster is installed nobody can write.
  const isInstalling = scenario?.fromNothing === true && run.states.find((moment) => moment.writes)?.from === run.longestOutage;
  if (run.longestOutage > OUTAGE && !isInstalling) return { look: "warning", said: TEXT.heldSilent(run.longestOutage) };
  return { look: "fine", said: TEXT.verdict.held };
}

function Outcome() {
  const answer = played.value;
  const mistake = answer?.findings[0];
  if (mistake !== undefined) {
    return (
      <div class="outcome error" role="status">
        <strong>{TEXT.invalid}</strong>
        <p class="about">
          <Mistake finding={mistake} />
        </p>
      </div>
    );
  }
  const run = trace.value;
  const judgement = answer && judged(answer);
  if (run === null || !judgement) return null;
  return (
    <div class={`outcome ${judgement.look}`} role="status">
      <strong>{judgement.said}</strong>
      {run.cause !== null && `: ${run.cause}`}
      <p class="about">
        {TEXT.numbers(run.longestOutage, run.acknowledged, run.lost)} {run.leftOut > 0 && TEXT.leftOut(run.leftOut)}{" "}
        {run.cutShort && TEXT.cutShort}
      </p>
    </div>
  );
}

function Steps() {
  const scenario = played.value?.scenario;
  if (!scenario) return null;
  return (
    <section>
      <h3>{TEXT.steps}</h3>
      {scenario.steps.length === 0 && <p class="about">{TEXT.noSteps}</p>}
      <ol class="steps" tabIndex={-1}>
        {scenario.steps.map((step, index) => {
          const whom = step.replicas ?? (step.which ?? []).join(", ");
          const said = TEXT.step(step.at, step.what, String(whom === "" ? TEXT.all : whom)) + (step.for ? ` (${step.for})` : "");
          return (
            <li key={index}>
              {said}{" "}
              <button type="button" class="quiet" aria-label={TEXT.remove(said)} onClick={(click) => {
                  // This button goes; the keyboard stays at the list.
                  click.currentTarget.closest("ol")?.focus();
                  remove(index);
                }}
              >
                ✕
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Events() {
  const run = trace.value;
  const list = useRef<HTMLOListElement>(null);
  const at = event.value;
  useEffect(() => {
    const [box, line] = [list.current, list.current?.querySelector<HTMLElement>("[aria-current]")];
    if (!box || !line) return;
    box.scrollTop = line.offsetTop - box.clientHeight / 2;
  }, [at, run]);
  if (run === null) return null;
  const from = Math.max(0, Math.min(at - MOST / 2, run.events.length - MOST));
  return (
    <section>
      <h3>{TEXT.events}</h3>
      {run.events.length === 0 && <p class="about">{TEXT.noEvents}</p>}
      <ol class="events" ref={list} tabIndex={0} aria-label={TEXT.events}>
        {run.events.slice(from, from + MOST).map((happened, index) => (
          <li
            key={from + index}
            class={`${happened.step ? "step" : ""} ${from + index > at ? "future" : ""}`}
            aria-current={from + index === at ? "true" : undefined}
          >
            <button type="button" class="quiet" onClick={() => seek(happened.at)}>
              {seconds(happened.at)}
            </button>{" "}
            {happened.pod !== null && <b>{happened.pod}</b>} {happened.text}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Mistake({ finding }: { finding: Finding }) {
  return (
    <>
      {finding.line && <span class="where">{TEXT.line(finding.line)}</span>} <strong>{finding.code}</strong>: {finding.message}
      {finding.hint && <span class="hint"> ({finding.hint})</span>}
    </>
  );
}

function Text() {
  const [isShown, setShown] = useState(false);
  const found = played.value?.findings ?? [];
  const [command, setCommand] = useState("");
  const of = release.value;
  useEffect(() => {
    // No text makes another one of it.
    ask("commands", { release: of, text: "" }).then(
      ({ render }) => setCommand(`${render.replace("template", "simulate")} --scenario scenario.yaml`),
      (error: unknown) => told(error) !== null && setCommand(""),
    );
  }, [of]);
  return (
    <details open={isShown || found.length > 0} onToggle={(toggle) => setShown(toggle.currentTarget.open)}>
      <summary>{TEXT.text}</summary>
      <textarea
        rows={10}
        spellcheck={false}
        aria-label={TEXT.text}
        aria-invalid={found.length > 0}
        value={text.value ?? ""}
        onInput={(input) => {
          write(input.currentTarget.value);
        }}
      />
      <ul class="at-field">
        {found.map((finding, index) => (
          <li key={index} class={finding.severity}>
            <Mistake finding={finding} />
          </li>
        ))}
      </ul>
      {command !== "" && (
        <div class="command">
          <p class="about">{TEXT.cli}</p>
          <pre tabIndex={0} role="region" aria-label={TEXT.command}>
            {command}
          </pre>
        </div>
      )}
      <button type="button" onClick={() => copy(text.value ?? "")}>
        {TEXT.copy}
      </button>
    </details>
  );
}
