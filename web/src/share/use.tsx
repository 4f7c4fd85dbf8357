// What to do with it: downloads, and the commands that take them.
import { useEffect, useState } from "preact/hooks";
import { askArchives } from "../engine/archives.ts";
import { ask, told } from "../engine/client.ts";
import type { Command, Input, Manifests } from "../engine/types.ts";
import { copy } from "../page/copy.ts";
import { Icon } from "../page/icon.tsx";
import { Prose } from "../page/prose.tsx";
import { say } from "../page/views.ts";
import { document } from "../state/document.ts";
import { about, errors } from "../state/result.ts";
import { LATER } from "../text.later.ts";
import { save } from "./download.ts";
import "../page/outcome.css";

const FORMATS = ["yaml", "tgz", "zip"] as const;
type Format = (typeof FORMATS)[number];
/** What can be taken, beside the values themselves: made of manifests that the engine has rendered without an error. */
const DOWNLOADS: Record<Format, (input: Input, manifests: Manifests) => Promise<void>> = {
  yaml: async ({ release }, { stream }) => save(`${release.name}.yaml`, stream, "application/yaml"),
  tgz: async ({ text }) => save(about.peek()?.archive ?? "chart.tgz", await askArchives("pack", { text }), "application/gzip"),
  zip: async ({ release }, { files }) => save(`${release.name}.zip`, await askArchives("zip", { files }), "application/zip"),
};

async function download(format: Format): Promise<void> {
  const input = document.peek();
  try {
    await DOWNLOADS[format](input, await ask("manifests", input));
  } catch (error) {
    say(`${LATER.use.failed} ${told(error) ?? ""}`);
  }
}

export function Use() {
  const [commands, setCommands] = useState<Command[]>([]);
  const [failed, setFailed] = useState<string | null>(null);
  const present = document.value;
  const hasErrors = errors.value.length > 0;
  useEffect(() => {
    // No text makes others of them.
    ask("commands", { release: present.release, text: "" }).then(
      (answer) => {
        setCommands(answer.commands);
        setFailed(null);
      },
      (error: unknown) => {
        const why = told(error);
        if (why !== null) setFailed(why);
      },
    );
  }, [present.release]);
  return (
    <div class="use">
      <h3>{LATER.use.download}</h3>
      <p class="downloads">
        <button type="button" onClick={() => save("values.yaml", present.text, "application/yaml")}>
          {LATER.use.files.values}
        </button>
        {FORMATS.map((format) => (
          <button type="button" key={format} disabled={hasErrors} onClick={() => download(format)}>
            {LATER.use.files[format]}
          </button>
        ))}
      </p>
      <p class="about">
        <Prose text={LATER.use.package} />
      </p>
      {hasErrors && <p class="about">{LATER.use.needsFix}</p>}
      <h3>{LATER.use.commands}</h3>
      {failed !== null && <p class="empty">{failed}</p>}
      {commands.map((command) => (
        <section key={command.title} class="command">
          <div class="command-head">
            <h4>
              {LATER.use.tools[command.tool]} <small>{command.title}</small>
            </h4>
            <button type="button" aria-label={`${LATER.preview.copy}: ${command.title}`} onClick={() => copy(command.text)}>
              <Icon name="copy" /> {LATER.preview.copy}
            </button>
          </div>
          {/* Long lines scroll: a keyboard must be able to. */}
          <pre tabIndex={0} role="region" aria-label={command.title}>
            {command.text}
          </pre>
        </section>
      ))}
    </div>
  );
}
