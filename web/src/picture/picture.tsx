// The cluster as a picture: pods by zone and node, their volumes, the services in front of them.
import { signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { Picture as Data, Pod } from "../engine/types.ts";
import { save } from "../share/download.ts";
import { release } from "../state/document.ts";
import { isStale, picture } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { layOut, type PodBox } from "./layout.ts";
import { Summary } from "./summary.tsx";

const chosen = signal(0);

const volumes = (pod: Pod): string =>
  pod.volumes.map((volume) => [volume.name, volume.size, volume.storageClass].filter(Boolean).join(" ")).join(", ");

const about = (pod: Pod): string =>
  [
    `${TEXT.picture.roles[pod.role]} ${pod.name}`,
    TEXT.picture.node(pod.node),
    TEXT.picture.zone(pod.zone),
    pod.seed ? TEXT.picture.seed : "",
    pod.mayFound ? TEXT.picture.mayFound : "",
    volumes(pod),
  ]
    .filter(Boolean)
    .join(", ");

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
  const here = layout.pods[Math.min(chosen.value, layout.pods.length - 1)];
  const move = (event: KeyboardEvent): void => {
    const last = layout.pods.length - 1;
    const at = Math.min(chosen.value, last);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    chosen.value = Math.max(0, Math.min(last, to));
    svg.current?.querySelectorAll<SVGElement>(".pod")[chosen.value]?.focus();
  };
  return (
    <figure>
      <div class="drawing">
        <svg
          ref={svg}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width}
          height={layout.height}
          role="group"
          aria-label={TEXT.picture.label}
          onKeyDown={move}
          xmlns="http://www.w3.org/2000/svg"
        >
          {layout.services.map((service) => (
            <g class="service" key={service.name}>
              <title>{`${TEXT.picture.service} ${service.name} ${TEXT.picture.selects[service.selects]}`}</title>
              <rect x={service.x} y={service.y} width={service.width} height={service.height} rx={12} />
              <text class="name" x={service.x + 12} y={service.y + 17}>
                {cut(service.name, 24)}
              </text>
              <text class="small" x={service.x + 12} y={service.y + 32}>
                {cut(`${service.type} ${service.ports}`, 26)}
              </text>
              <text class="small" x={service.x + 12} y={service.y + 46}>
                {TEXT.picture.selects[service.selects]}
              </text>
            </g>
          ))}
          {layout.zones.map((zone) => (
            <g class="zone" key={zone.name}>
              <rect x={zone.x} y={zone.y} width={zone.width} height={zone.height} rx={10} />
              <text class="small" x={zone.x + 10} y={zone.y + 17}>
                {cut(TEXT.picture.zone(zone.name), Math.floor(zone.width / 7))}
              </text>
            </g>
          ))}
          {layout.nodes.map((node) => (
            <g class="node" key={`${node.name} ${node.x}`}>
              <title>{TEXT.picture.node(node.name)}</title>
              <rect x={node.x} y={node.y} width={node.width} height={node.height} rx={6} />
              {!layout.isDense && (
                <text class="small" x={node.x + 8} y={node.y + 15}>
                  {cut(TEXT.picture.node(node.name), 22)}
                </text>
              )}
            </g>
          ))}
          {layout.pods.map((box) => (
            <PodShape key={box.pod.name} box={box} isDense={layout.isDense} isStop={box === here} />
          ))}
        </svg>
      </div>
      <figcaption>
        {here !== undefined && (
          <p class="chosen-pod" role="status">
            {about(here.pod)}
          </p>
        )}
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

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function PodShape({ box, isDense, isStop }: { box: PodBox; isDense: boolean; isStop: boolean }) {
  const { pod, x, y, width, height } = box;
  const choose = (): void => {
    chosen.value = box.index;
  };
  return (
    <g class={`pod ${pod.role}`} role="img" aria-label={about(pod)} tabIndex={isStop ? 0 : -1} onFocus={choose} onPointerEnter={choose}>
      <rect x={x} y={y} width={width} height={height} rx={isDense ? 4 : 8} />
      {isDense ? (
        <text class="name" x={x + width / 2} y={y + 17} text-anchor="middle">
          {pod.ordinal}
        </text>
      ) : (
        <>
          <circle class="ordinal" cx={x + 18} cy={y + 18} r={11} />
          <text class="number" x={x + 18} y={y + 22} text-anchor="middle">
            {pod.ordinal}
          </text>
          <text class="name" x={x + 35} y={y + 16}>
            {cut(pod.name, 16)}
          </text>
          <text class="small" x={x + 35} y={y + 29}>
            {TEXT.picture.roles[pod.role]}
            {pod.seed ? `, ${TEXT.picture.seed}` : ""}
          </text>
          {pod.mayFound && <path class="star" d={star(x + width - 13, y + 13)} />}
          {pod.volumes[0] !== undefined && (
            <g class="volume">
              <path d={cylinder(x + 10, y + 44)} />
              <text class="small" x={x + 35} y={y + 59}>
                {cut(pod.volumes.map((volume) => volume.size ?? volume.name).join(" + "), 17)}
              </text>
            </g>
          )}
        </>
      )}
    </g>
  );
}

function cylinder(x: number, y: number): string {
  return `M${x} ${y + 3}a8 3 0 0 1 16 0v14a8 3 0 0 1-16 0zM${x} ${y + 3}a8 3 0 0 0 16 0`;
}

function star(x: number, y: number): string {
  const points = Array.from({ length: 10 }, (_, index) => {
    const radius = index % 2 === 0 ? 6 : 2.6;
    const angle = (Math.PI / 5) * index - Math.PI / 2;
    return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}z`;
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
  copy.setAttribute("font-family", "system-ui, sans-serif");
  copy.removeAttribute("role");
  save(`${release.peek().name}.svg`, new XMLSerializer().serializeToString(copy), "image/svg+xml");
}

function AsText({ data }: { data: Data }) {
  const { columns, roles } = TEXT.picture;
  const budget = data.budget !== null ? Object.entries(data.budget).map(([key, value]) => `${key}: ${String(value)}`) : [];
  return (
    <details>
      <summary>{TEXT.picture.text}</summary>
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
        {budget.length > 0 && (
          <li>
            {TEXT.picture.budget}: {budget.join(", ")}
          </li>
        )}
      </ul>
    </details>
  );
}
