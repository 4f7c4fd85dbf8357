// The cluster at the moment that is shown, and what can be done to it.
import { computed, signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { Picture, Pod, What } from "../engine/types.ts";
import { Cluster, type Look } from "../picture/cluster.tsx";
import { layOut } from "../picture/layout.ts";
import { picture } from "../state/result.ts";
import { AHEAD } from "../text.ahead.ts";
import { act, now, state, trace } from "./run.ts";

const TEXT = AHEAD.simulate;
const ACTIONS = Object.entries(TEXT.actions) as [What & keyof typeof TEXT.actions, string][];

/** Whom it happens to. */
const target = signal("");

/** The pods' names that a run has beyond those of the values, after scaling out. */
const beyond = computed<readonly string[]>(() => {
  const known = new Set((picture.value?.sets ?? []).flatMap((set) => set.pods.map((pod) => pod.name)));
  const names = new Set((trace.value?.states ?? []).flatMap((moment) => moment.pods));
  return [...names].filter((name) => !known.has(name));
});

/** What is drawn: no Services, and every pod that there ever is. */
const drawn = computed<Picture | null>(() => {
  const data = picture.value;
  const [first, ...rest] = data?.sets ?? [];
  if (data === null || first === undefined) return null;
  const voters = new Set((trace.value?.pods ?? []).flatMap((pod) => pod.voters));
  const more = beyond.value.map((name): Pod => {
    const ordinal = Number(name.slice(name.lastIndexOf("-") + 1));
    return { name, ordinal, role: voters.has(name) ? "voter" : "nonVoter", seed: false, mayFound: false, node: TEXT.unplaced, zone: TEXT.unplaced, volumes: [] };
  });
  return { ...data, services: [], sets: [{ ...first, pods: [...first.pods, ...more] }, ...rest] };
});

const looks = computed<(name: string) => Look>(() => {
  const moment = state.value;
  if (moment === null) return () => ({ class: "", text: "" });
  const [pods, answering, ready] = [new Set(moment.pods), new Set(moment.answering), new Set(moment.ready)];
  return (name) => {
    const leads = moment.leader === name;
    // A node that lost its power keeps its pods Ready until Kubernetes has noticed.
    const look = !pods.has(name) ? "gone" : !answering.has(name) ? "silent" : ready.has(name) ? "ready" : "answering";
    return { class: leads ? `${look} leads` : look, text: leads ? `${TEXT.looks.leads}, ${TEXT.looks[look]}` : TEXT.looks[look] };
  };
});

export function Stage() {
  const data = drawn.value;
  const svg = useRef<SVGSVGElement>(null);
  const layout = useMemo(() => (data === null ? null : layOut(data)), [data]);
  if (layout === null) return null;
  const choosing = {
    look: looks.value,
    choose: (name: string): void => {
      target.value = name;
    },
    chosen: target.value,
  };
  const groups = [
    { title: TEXT.pods, names: layout.pods.map((box) => box.pod.name) },
    { title: TEXT.nodes, names: layout.nodes.map((node) => node.name) },
    { title: TEXT.zones, names: layout.zones.map((zone) => zone.name) },
  ];
  const isKnown = groups.some((group) => group.names.includes(target.value));
  return (
    <figure class="stage">
      <Cluster layout={layout} svg={svg} choosing={choosing} />
      <figcaption>
        <fieldset class="acts">
          <legend>{TEXT.what}</legend>
          <label>
            {TEXT.whom}{" "}
            <select
              value={isKnown ? target.value : ""}
              onChange={(event) => {
                target.value = event.currentTarget.value;
              }}
            >
              <option value="" disabled>
                {TEXT.nobodyYet}
              </option>
              {groups.map((group) => (
                <optgroup key={group.title} label={group.title}>
                  {group.names
                    .filter((name) => name !== TEXT.unplaced)
                    .map((name) => (
                      <option key={name}>{name}</option>
                    ))}
                </optgroup>
              ))}
            </select>
          </label>
          {ACTIONS.map(([what, title]) => (
            <button key={what} type="button" disabled={!isKnown} onClick={() => act(what, target.value)}>
              {title}
            </button>
          ))}
          <Moment />
        </fieldset>
        <p class="about">{TEXT.hint}</p>
      </figcaption>
    </figure>
  );
}

/** Apart, because it changes with every frame. */
function Moment() {
  return <span class="moment">{TEXT.now(now.value)}</span>;
}
