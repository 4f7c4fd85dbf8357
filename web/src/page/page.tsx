// The page: what you decide on one side, what comes of it on the other.
import { broken, engineState, isGone, took } from "../engine/client.ts";
import { Values } from "../editor/editor.tsx";
import { Form } from "../form/form.tsx";
import { takeOver } from "../offline/register.ts";
import { Findings } from "../preview/findings.tsx";
import { PictureView } from "../picture/picture.tsx";
import { linkError } from "../share/link.ts";
import { isKept } from "../state/document.ts";
import { about, errors, failure, settled } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { Header } from "./header.tsx";
import { later } from "./later.tsx";
import { Prose } from "./prose.tsx";
import { Tabs } from "./tabs.tsx";
import { dialog, half, isWide, left, notice, right, say } from "./views.ts";

export function Page() {
  return (
    <>
      <a class="skip" href="#result" onClick={toResult}>
        {TEXT.skip}
      </a>
      <Header />
      <Banners />
      <main class={`halves ${half.value}`}>
        <LeftHalf />
        <RightHalf />
      </main>
      <Status />
      <nav class="half-switch" aria-label={TEXT.views.halves}>
        {(["left", "right"] as const).map((side) => (
          <button
            type="button"
            key={side}
            aria-pressed={half.value === side}
            onClick={() => {
              half.value = side;
            }}
          >
            {TEXT.views[side]}
            {side === "left" && errors.value.length > 0 && <span class="count error">{TEXT.findings.errors(errors.value.length)}</span>}
          </button>
        ))}
      </nav>
      {dialog.value !== null && <Dialogs />}
    </>
  );
}

function toResult(event: Event): void {
  // The hash is the state's.
  event.preventDefault();
  half.value = "right";
  setTimeout(() => document.getElementById("result")?.focus());
}

function LeftHalf() {
  const tabs = [
    { id: "form" as const, text: TEXT.views.form },
    { id: "values" as const, text: TEXT.views.values },
  ];
  if (isWide.value) {
    return (
      <>
        <section class="pane" aria-label={TEXT.views.form}>
          <FormOrWait />
          <Findings />
        </section>
        <section class="pane text-pane" aria-label={TEXT.views.values}>
          <Values />
        </section>
      </>
    );
  }
  return (
    <section class="pane left-pane" aria-label={TEXT.views.left}>
      <Tabs
        name="left"
        label={TEXT.views.left}
        tabs={tabs}
        chosen={left.value}
        choose={(id) => {
          left.value = id;
        }}
      />
      <div class="panel" role="tabpanel" id="left-panel" aria-labelledby={`left-tab-${left.value === "form" ? 0 : 1}`}>
        {left.value === "form" ? <FormOrWait /> : <Values />}
      </div>
      <Findings />
    </section>
  );
}

function FormOrWait() {
  if (about.value !== null) return <Form />;
  return <p class="empty">{TEXT.engine[engineState.value]}</p>;
}

const Manifests = later((parts) => parts.Manifests);
const Simulate = later((parts) => parts.Simulate);
const Changes = later((parts) => parts.Changes);
const Use = later((parts) => parts.Use);
const Dialogs = later(
  (parts) => parts.Dialogs,
  () => {
    dialog.value = null;
    say(TEXT.later.failed);
  },
);
const RIGHT = ["picture", "simulate", "manifests", "changes", "use"] as const;

function RightHalf() {
  return (
    <section class="pane right-pane" aria-label={TEXT.views.right} id="result" tabIndex={-1}>
      <Tabs
        name="right"
        label={TEXT.views.right}
        tabs={RIGHT.map((id) => ({ id, text: TEXT.views[id] }))}
        chosen={right.value}
        choose={(id) => {
          right.value = id;
        }}
      />
      <div class="panel" role="tabpanel" id="right-panel" aria-labelledby={`right-tab-${RIGHT.indexOf(right.value)}`} tabIndex={0}>
        {right.value === "picture" && <PictureView />}
        {right.value === "simulate" && <Simulate />}
        {right.value === "manifests" && <Manifests />}
        {right.value === "changes" && <Changes />}
        {right.value === "use" && <Use />}
      </div>
    </section>
  );
}

/** Always there, so that what is said covers nothing and moves nothing. */
function Status() {
  return (
    <footer class="status">
      <Notice />
      <Took />
    </footer>
  );
}

function Took() {
  return <p class="took">{took.value > 0 && TEXT.engine.took(took.value)}</p>;
}

function Notice() {
  const said = notice.value;
  const wrong = said?.of !== undefined && said.of === settled.value ? errors.value.length : 0;
  return (
    <p class={said === null ? "unseen" : "banner notice"} role="status">
      {said?.what} {wrong > 0 && TEXT.findings.found(wrong)}
      {said !== null && (
        <Close
          close={() => {
            notice.value = null;
          }}
        />
      )}
    </p>
  );
}

function Banners() {
  return (
    <div class="banners">
      {(broken.value !== null || isGone()) && (
        <div class="banner error" role="alert">
          {isGone() ? TEXT.engine[engineState.value] : TEXT.engine.broken}{" "}
          <a href={TEXT.engine.reportAt} rel="noreferrer" target="_blank">
            {TEXT.engine.report}
          </a>
          {broken.value !== null && (
            <details>
              <summary>{TEXT.engine.details}</summary>
              <pre>{broken.value}</pre>
            </details>
          )}
          {!isGone() && (
            <Close
              close={() => {
                broken.value = null;
              }}
            />
          )}
        </div>
      )}
      {!isKept.value && <p class="banner warning">{TEXT.values.notKept}</p>}
      {failure.value !== null && broken.value === null && (
        <p class="banner error" role="alert">
          {failure.value}
        </p>
      )}
      {linkError.value !== null && (
        <p class="banner error" role="alert">
          {TEXT.share.unreadable} <Prose text={linkError.value} />
          <Close
            close={() => {
              linkError.value = null;
            }}
          />
        </p>
      )}
      {takeOver.value !== null && (
        <p class="banner">
          {TEXT.version.waiting}{" "}
          <button type="button" onClick={takeOver.value}>
            {TEXT.version.use}
          </button>
        </p>
      )}
    </div>
  );
}

function Close({ close }: { close: () => void }) {
  return (
    <button type="button" class="quiet" onClick={close}>
      {TEXT.menu.close}
    </button>
  );
}
