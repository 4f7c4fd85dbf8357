// Everything that was found, each leading to where it is.
import { Prose } from "../page/prose.tsx";
import { showFinding } from "../page/views.ts";
import { dotted } from "../state/json.ts";
import { errors, findings, isBusy, settled } from "../state/result.ts";
import { TEXT } from "../text.ts";

export function Findings() {
  return (
    <section class="findings" aria-label={TEXT.findings.title} aria-busy={isBusy.value}>
      <List />
    </section>
  );
}

/** Apart: it is drawn only when something else was found. */
function List() {
  const all = findings.value;
  const wrong = errors.value.length;
  const doubtful = all.length - wrong;
  return (
    <>
      <p class={`tally ${wrong > 0 ? "error" : doubtful > 0 ? "warning" : settled.value === null ? "" : "fine"}`} role="status">
        {all.length === 0
          ? settled.value === null
            ? TEXT.findings.checking
            : TEXT.findings.none
          : [wrong > 0 ? TEXT.findings.errors(wrong) : "", doubtful > 0 ? TEXT.findings.warnings(doubtful) : ""]
              .filter(Boolean)
              .join(", ")}
      </p>
      {all.length > 0 && (
        <ul>
          {all.slice(0, MOST).map((finding) => (
            <li key={`${finding.code}${finding.path}${finding.message}`} class={finding.severity}>
              <button type="button" class="finding" onClick={() => showFinding(finding)}>
                <span class="severity">{TEXT.findings[finding.severity]}</span>{" "}
                <span class="where">
                  {finding.path !== "" && <code>{dotted(finding.path)}</code>}{" "}
                  {finding.line !== undefined && finding.line !== null && TEXT.findings.line(finding.line)}
                </span>{" "}
                <span class="message">
                  <Prose text={finding.message} />
                </span>
                {finding.hint !== undefined && finding.hint !== null && <span class="hint"> — <Prose text={finding.hint} /></span>}
              </button>
              {finding.because !== undefined && finding.because !== null && (
                <details>
                  <summary>{TEXT.findings.why}</summary>
                  <Prose text={finding.because} />
                </details>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A broken text of thousands of lines must not make as many buttons. */
const MOST = 200;
