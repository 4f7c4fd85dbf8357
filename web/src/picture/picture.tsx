// The cluster as a picture: pods by zone and node, their volumes, the services in front of them.
import { useMemo, useRef, useState } from "preact/hooks";
import type { Picture as Data } from "../engine/types.ts";
import { save } from "../share/download.ts";
import { release } from "../state/document.ts";
import { isStale, picture } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { about, budgetOf, Cluster, here, volumes } from "./cluster.tsx";
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
        <button type="button" onClick={() => svg.current !== null && exportSvg(svg.current)}>
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

/** The picture with its colours in it: outside the page there is no style sheet. */
function exportSvg(svg: SVGSVGElement): void {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, index) => {
    const source = from[index];
    if (source === undefined) return;
    const style = getComputedStyle(source);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight"]) {
      element.setAttribute(name, style.getPropertyValue(name));
    }
    for (const name of ["class", "tabindex", "role"]) element.removeAttribute(name);
  });
  const ground = document.createElementNS(copy.namespaceURI, "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(svg).backgroundColor);
  copy.prepend(ground);
  copy.setAttribute("font-family", "system-ui, sans-serif");
  for (const name of ["role", "style"]) copy.removeAttribute(name);
  save(`${release.peek().name}.svg`, new XMLSerializer().serializeToString(copy), "image/svg+xml");
}

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

function Text({ data }: { data: Data }) {
  const { columns, roles } = TEXT.picture;
  return (
    <>
      <table>
        <thead>
          <tr>
            {Object.entries(columns).map(([key, title]) => (
              <th key={key} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.sets.flatMap((set) =>
            set.pods.map((pod) => (
              <tr key={pod.name}>
                <th scope="row">{pod.name}</th>
                <td>
                  {roles[pod.role]}
                  {pod.seed && `, ${TEXT.picture.seed}`}
                  {pod.mayFound && `, ${TEXT.picture.mayFound}`}
                </td>
                <td>{pod.node}</td>
                <td>{pod.zone}</td>
                <td>{volumes(pod)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      <ul>
        {data.services.map((service) => (
          <li key={service.name}>
            {TEXT.picture.service} {service.name} ({service.type} {service.ports.map((port) => `${port.name} ${port.port}`).join(", ")}) {TEXT.picture.selects[service.selects]}
          </li>
        ))}
        {data.sets.map((set) => set.budget !== null && <li key={set.name}>{`${budgetOf(set)}, unhealthyPodEvictionPolicy ${set.budget.unhealthyPodEvictionPolicy}`}</li>)}
      </ul>
    </>
  );
}
