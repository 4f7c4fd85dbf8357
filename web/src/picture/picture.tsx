// The cluster as a picture: pods by zone and node, their volumes, the services in front of them.
import { useMemo, useRef, useState } from "preact/hooks";
import type { Picture as Data } from "../engine/types.ts";
import { later, load } from "../page/later.tsx";
import { say } from "../page/views.ts";
import { isStale, picture } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { about, Cluster, here } from "./cluster.tsx";
import { layOut, type Layout } from "./layout.ts";
import { Summary } from "./summary.tsx";

export function PictureView() {
  const data = picture.value;
  return (
    <div class="picture">
      {isStale.value && <p class="banner warning">{TEXT.preview.stale}</p>}
      <Summary />
      {data === null ? <p class="empty">{TEXT.picture.unavailable}</p> : <Drawing data={data} />}
    </div>
  );
}

function Drawing({ data }: { data: Data }) {
  const svg = useRef<SVGSVGElement>(null);
  const layout = useMemo(() => layOut(data), [data]);
  return (
    <figure>
      <Cluster layout={layout} svg={svg} />
      <figcaption>
        <ChosenPod layout={layout} />
        <p class="about">
          {TEXT.picture.illustration} {TEXT.picture.spreadText(TEXT.picture.spread[data.spread.host], TEXT.picture.spread[data.spread.zone])}{" "}
          {TEXT.picture.keys}
        </p>
        <button type="button" onClick={() => svg.current !== null && download(svg.current)}>
          {TEXT.picture.svg}
        </button>
        <AsText data={data} />
      </figcaption>
    </figure>
  );
}

/** Apart, because it changes with every pod that a pointer comes to. */
function ChosenPod({ layout: { pods } }: { layout: Layout }) {
  const at = pods[Math.min(here.value, pods.length - 1)];
  if (at === undefined) return null;
  return (
    <p class="chosen-pod" role="status">
      {about(at.pod)}
    </p>
  );
}

const download = (svg: SVGSVGElement): void =>
  void load().then((parts) => parts.download(svg), () => say(TEXT.later.failed));
const Text = later((parts) => parts.PictureText);

function AsText({ data }: { data: Data }) {
  // Rows for hundreds of pods are made for those who ask for them.
  const [isWanted, setWanted] = useState(false);
  return (
    <details>
      <summary onClick={() => setWanted(true)}>{TEXT.picture.text}</summary>
      {isWanted && <Text data={data} />}
    </details>
  );
}
