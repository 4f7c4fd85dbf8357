// The cluster as it is drawn: services, zones, nodes and pods. Pods, and where somebody can choose them nodes and zones, are reached by
// keyboard, too.
import { computed, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";
import type { Pod, Set as PodSet } from "../engine/types.ts";
import { TEXT } from "../text.ts";
import type { Box, Layout, PodBox } from "./layout.ts";

/** The pod that the keyboard is at, by its place in the layout. */
export const here = signal(0);

/** How a pod is at a moment. */
export interface Look {
  /** Which CSS classes say so. */
  class: string;
  text: string;
}

export interface Choosing {
  look: (pod: string) => Look;
  /** Somebody chooses a pod, a node or a zone. */
  choose: (name: string) => void;
  chosen: string;
}

interface ClusterProps {
  layout: Layout;
  svg: RefObject<SVGSVGElement | null>;
  choosing?: Choosing;
}

export const volumes = (pod: Pod): string =>
  pod.volumes.map((volume) => [volume.name, volume.size, volume.storageClass].filter(Boolean).join(" ")).join(", ");

/** How many pods of a set may be taken away at once. */
export const budgetOf = ({ name, budget }: PodSet): string => {
  const limits = Object.entries({ maxUnavailable: budget?.maxUnavailable, minAvailable: budget?.minAvailable });
  const said = limits.flatMap(([key, limit]) => (limit === undefined || limit === null ? [] : `${key} ${limit}`));
  return `${TEXT.picture.budget} ${name}: ${said.join(", ")}`;
};

export const about = (pod: Pod): string =>
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

export function Cluster({ layout, svg, choosing }: ClusterProps) {
  const last = layout.pods.length - 1;
  const move = (event: KeyboardEvent): void => {
    const stop = Math.min(here.peek(), last);
    const to = { ArrowRight: stop + 1, ArrowDown: stop + 1, ArrowLeft: stop - 1, ArrowUp: stop - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    here.value = Math.max(0, Math.min(last, to));
    svg.current?.querySelectorAll<SVGElement>(".pod")[here.peek()]?.focus();
  };
  return (
    <div class="drawing">
      <svg
        ref={svg}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={layout.width}
        height={layout.height}
        style={{ minWidth: `${layout.width * SMALLEST}px` }}
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
          <Place class="zone" key={zone.name} name={zone.name} choosing={choosing}>
            <rect x={zone.x} y={zone.y} width={zone.width} height={zone.height} rx={10} />
            <text class="small" x={zone.x + 10} y={zone.y + 17}>
              {cut(TEXT.picture.zone(zone.name), Math.floor(zone.width / 7))}
            </text>
          </Place>
        ))}
        {layout.isDense && choosing === undefined ? (
          // Hundreds have no room for names: one shape is drawn far sooner.
          <path class="node" d={layout.nodes.map(frame).join("")} />
        ) : (
          layout.nodes.map((node) => (
            <Place class="node" key={`${node.name} ${node.x}`} name={node.name} choosing={choosing}>
              <title>{TEXT.picture.node(node.name)}</title>
              <path d={frame(node)} />
              {!layout.isDense && (
                <text class="small" x={node.x + 8} y={node.y + 15}>
                  {cut(TEXT.picture.node(node.name), 22)}
                </text>
              )}
            </Place>
          ))
        )}
        {layout.budgets.map(({ x, y, set }) => (
          <text class="small" key={set.name} x={x} y={y}>
            {budgetOf(set)}
          </text>
        ))}
        {layout.pods.map((box) => (
          <PodShape key={box.pod.name} box={box} isDense={layout.isDense} last={last} choosing={choosing} />
        ))}
      </svg>
    </div>
  );
}

/** Drawn smaller than by this, texts can hardly be read: what is wider scrolls. */
const SMALLEST = 0.9;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

interface PlaceProps {
  class: string;
  name: string;
  choosing: Choosing | undefined;
  children: ComponentChildren;
}

/** A zone or a node. By keyboard they are chosen from the list beside the picture. */
function Place({ class: names, name, choosing, children }: PlaceProps) {
  if (choosing === undefined) return <g class={names}>{children}</g>;
  return (
    <g class={`${names} ${choosing.chosen === name ? "chosen" : ""}`} onClick={() => choosing.choose(name)}>
      {children}
    </g>
  );
}

interface PodProps {
  box: PodBox;
  isDense: boolean;
  last: number;
  choosing: Choosing | undefined;
}

function PodShape({ box, isDense, last, choosing }: PodProps) {
  // Two of hundreds are drawn again when it goes from one to another.
  const isStop = useMemo(() => computed(() => Math.min(here.value, last) === box.index), [box, last]).value;
  const { pod, x, y, width, height } = box;
  const look = choosing?.look(pod.name);
  const come = (): void => {
    here.value = box.index;
  };
  const choose = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    choosing?.choose(pod.name);
  };
  return (
    <g
      class={`pod ${pod.role} ${look?.class ?? ""} ${choosing?.chosen === pod.name ? "chosen" : ""}`}
      role={choosing === undefined ? "img" : "button"}
      aria-label={look === undefined ? about(pod) : `${pod.name}, ${look.text}`}
      aria-pressed={choosing && choosing.chosen === pod.name}
      tabindex={isStop ? 0 : -1}
      onFocus={come}
      onPointerEnter={come}
      onClick={choose}
      onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && choose(event)}
    >
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
            {look?.text ?? TEXT.picture.roles[pod.role] + (pod.seed ? `, ${TEXT.picture.seed}` : "")}
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

/** A box with round corners. */
const frame = ({ x, y, width, height }: Box): string =>
  `M${x + 6} ${y}h${width - 12}a6 6 0 0 1 6 6v${height - 12}a6 6 0 0 1-6 6h${12 - width}a6 6 0 0 1-6-6v${12 - height}a6 6 0 0 1 6-6z`;

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
