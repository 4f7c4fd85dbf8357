import { useState } from "preact/hooks";
import { canRedo, canUndo, putRelease, redo, release, undo } from "../state/document.ts";
import { about, findings } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { Icon } from "./icon.tsx";
import { dialog, isOfRelease, theme, type Theme } from "./views.ts";

export function Header() {
  return (
    <header>
      <h1>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" class="logo-back" />
          <path d="M16 9v14M16 16 8 21m8-5 8 5" class="logo-lines" />
          <circle cx="16" cy="8" r="3.500" class="logo-leader" />
          <circle cx="8" cy="22" r="3.500" class="logo-pod" />
          <circle cx="24" cy="22" r="3.500" class="logo-pod" />
        </svg>
        {TEXT.title} <small>{about.value?.version}</small>
      </h1>
      <p class="tagline">{TEXT.tagline}</p>
      <ReleaseFields />
      <div class="actions">
        <button type="button" aria-disabled={!canUndo.value} onClick={undo} aria-label={TEXT.menu.undo} title={TEXT.menu.undo}>
          <Icon name="undo" />
        </button>
        <button type="button" aria-disabled={!canRedo.value} onClick={redo} aria-label={TEXT.menu.redo} title={TEXT.menu.redo}>
          <Icon name="redo" />
        </button>
        <button
          type="button"
          aria-label={TEXT.menu.import}
          onClick={() => {
            dialog.value = "import";
          }}
        >
          <Icon name="import" /> <span>{TEXT.menu.import}</span>
        </button>
        <button
          type="button"
          class="main"
          aria-label={TEXT.menu.share}
          onClick={() => {
            dialog.value = "share";
          }}
        >
          <Icon name="share" /> <span>{TEXT.menu.share}</span>
        </button>
        <label class="theme" title={TEXT.menu.theme}>
          <Icon name="theme" />
          <select
            aria-label={TEXT.menu.theme}
            value={theme.value}
            onChange={(event) => {
              theme.value = event.currentTarget.value as Theme;
            }}
          >
            {Object.entries(TEXT.menu.themes).map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}

/** On a phone they, and what else has no room in one line, are folded away, unless one is wrong; not under the hands of who mends it. */
function ReleaseFields() {
  const [isOpen, setOpen] = useState(false);
  const { name, namespace, kubeVersion } = release.value;
  // They quote what they are about.
  const wrong = findings.value.filter((finding) => finding.severity === "error" && isOfRelease(finding));
  const common = (value: string) => ({
    type: "text" as const,
    spellcheck: false,
    autocomplete: "off",
    value,
    "aria-invalid": wrong.some(({ message }) => message.includes(JSON.stringify(value))) ? ("true" as const) : undefined,
  });
  return (
    <>
      <button
        type="button"
        class="fold icon"
        aria-label={TEXT.menu.more}
        title={TEXT.menu.more}
        aria-expanded={isOpen || wrong.length > 0}
        aria-controls="release"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="down" />
      </button>
      <div class="release" id="release" role="group" aria-label={TEXT.release.title} onFocusIn={() => setOpen(true)}>
        <label>
          {TEXT.release.name}
          <input {...common(name)} onInput={(event) => putRelease({ name: event.currentTarget.value }, "name")} />
        </label>
        <label>
          {TEXT.release.namespace}
          <input {...common(namespace)} onInput={(event) => putRelease({ namespace: event.currentTarget.value }, "namespace")} />
        </label>
        <label class="kube">
          {TEXT.release.kubeVersion}
          <input
            {...common(kubeVersion ?? "")}
            placeholder={TEXT.release.kubeVersionEmpty}
            onInput={(event) => setKube(event.currentTarget.value)}
          />
        </label>
      </div>
    </>
  );
}

function setKube(to: string): void {
  if (to !== "") putRelease({ kubeVersion: to }, "kubeVersion");
  else putRelease({ kubeVersion: undefined }, "kubeVersion");
}
