// What applying the values does to a cluster that runs, and the steps that get there.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, askAhead, told } from "../engine/client.ts";
import type { Input, Plan, Planned } from "../engine/types.ts";
import { copy } from "../page/copy.ts";
import { document } from "../state/document.ts";
import { afterPause } from "../state/pause.ts";
import { errors } from "../state/result.ts";
import { AHEAD } from "../text.ahead.ts";
import "../page/outcome.css";
import "./plan.css";

const TEXT = AHEAD.plan;
const LOOKS = { safe: "fine", "needs-steps": "warning", dangerous: "error" } as const;

/** What somebody has pasted of a cluster that runs; it stays while the view is not to be seen. */
export const pastedManifests = signal("");

const manifests = async (values: Input): Promise<string> => (await ask("manifests", values)).stream;

async function plan(old: string | Input, to: Input): Promise<Planned> {
  const from = typeof old === "string" ? old : await manifests(old);
  const { render } = await ask("commands", to);
  return askAhead("plan", { old: from, new: await manifests(to), command: render });
}

interface Planning {
  planned: Planned | null;
  /** Why there is none. */
  failed: string | null;
}

/** The way from what was there, as the text of values or as manifests. */
export function usePlan(from: string, isManifests: boolean): Planning {
  const [planned, setPlanned] = useState<Planned | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const present = document.value;
  const hasErrors = errors.value.length > 0;
  useEffect(() => {
    if (hasErrors) return undefined;
    let isLate = false;
    const old = isManifests ? from : { release: present.release, text: from };
    const stop = afterPause(() => {
      plan(old, present).then(
        (answer) => {
          if (isLate) return;
          setPlanned(answer);
          setFailed(null);
        },
        (error: unknown) => {
          const why = told(error);
          if (isLate || why === null) return;
          setPlanned(null);
          setFailed(why);
        },
      );
    });
    return () => {
      isLate = true;
      stop();
    };
  }, [present, from, isManifests, hasErrors]);
  return { planned, failed };
}

export function PlanView({ planned, failed, paste }: Planning & { paste: (manifests: string) => void }) {
  const pasted = pastedManifests.value;
  // Whoever empties the field stays in it.
  const [isOpen] = useState(pasted !== "");
  return (
    <section class="plan">
      <h3>{TEXT.title}</h3>
      {failed !== null && (
        <p class="banner error" role="alert">
          {TEXT.failed} {failed}
        </p>
      )}
      {planned === null && failed === null && <p class="about">{TEXT.working}</p>}
      {planned !== null && <Outcome plan={planned.plan} markdown={planned.markdown} />}
      <details open={isOpen}>
        <summary>{TEXT.pasted}</summary>
        <label class="stack">
          {TEXT.pastedAbout}
          <textarea rows={6} spellcheck={false} value={pasted} onInput={(event) => paste(event.currentTarget.value)} />
        </label>
      </details>
    </section>
  );
}

function Outcome({ plan: { verdict, consequences, objects, restarts, steps }, markdown }: { plan: Plan; markdown: string }) {
  if (objects.length === 0) return <p class="about">{TEXT.same}</p>;
  const commands = steps.flatMap((step) => [`# ${step.text}`, ...step.commands]).join("\n");
  return (
    <>
      <div class={`outcome ${LOOKS[verdict]}`} role="status">
        <strong>{TEXT.verdict[verdict]}</strong>
        <ul>
          {consequences.map((consequence, index) => (
            <li key={index} class="about">
              {consequence.object && <code>{consequence.object}</code>} {consequence.message}
            </li>
          ))}
        </ul>
      </div>
      {restarts.length > 0 && (
        <div class="restarts">
          <h4>{TEXT.restarts}</h4>
          <table>
            <thead>
              <tr>
                <th scope="col">{TEXT.columns.pod}</th>
                <th scope="col">{TEXT.columns.votes}</th>
                <th scope="col">{TEXT.columns.meanwhile}</th>
              </tr>
            </thead>
            <tbody>
              {restarts.map((restart) => (
                <tr key={restart.pod}>
                  <th scope="row">{restart.pod}</th>
                  <td>{restart.votes ? TEXT.yes : TEXT.no}</td>
                  <td>{restart.standing && TEXT.standing(restart.standing)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="command">
        <h4>{TEXT.steps}</h4>
        <ol>
          {steps.map((step, index) => (
            <li key={index}>
              {step.text}
              {step.commands.length > 0 && (
                <pre tabIndex={0} role="region" aria-label={step.text}>
                  {step.commands.join("\n")}
                </pre>
              )}
            </li>
          ))}
        </ol>
      </div>
      <p class="downloads">
        <button type="button" onClick={() => copy(commands)}>
          {TEXT.copySteps}
        </button>
        <button type="button" onClick={() => copy(markdown)}>
          {TEXT.markdown}
        </button>
      </p>
    </>
  );
}
