// Who leads, and what is served, over time; the moment that is shown is moved in it.
import { useMemo } from "preact/hooks";
import type { State, Trace } from "../engine/types.ts";
import { AHEAD, seconds } from "../text.ahead.ts";
import { isBefore, isPlaying, now, pause, play, seek, span, speed, state, step, trace } from "./run.ts";

const TEXT = AHEAD.simulate;
const LANES = ["leader", "quorum", "writes", "reads"] as const;
const LANE = 22;
const SPEEDS = [1, 5, 20, 100];
/** So many colours tell leaders apart. */
const COLOURS = 8;

interface Segment {
  from: number;
  to: number;
  value: string;
}

/** The times in which something is one and the same. */
function segments(states: readonly State[], end: number, of: (state: State) => string): Segment[] {
  const found: Segment[] = [];
  for (const moment of states) {
    const value = of(moment);
    const last = found.at(-1);
    if (last?.value === value) continue;
    if (last !== undefined) last.to = moment.from;
    found.push({ from: moment.from, to: end, value });
  }
  return found.filter((segment) => segment.value !== "");
}

export function Timeline() {
  const run = trace.value;
  if (run === null) return null;
  return (
    <section class="timeline" aria-label={TEXT.timeline}>
      <div class="transport">
        <button type="button" class="main" disabled={isBefore.value} onClick={() => (isPlaying.value ? pause() : play())}>
          {isPlaying.value ? TEXT.pause : TEXT.play}
        </button>
        <button type="button" class="icon" aria-label={TEXT.restart} title={TEXT.restart} onClick={() => seek(0)}>
          «
        </button>
        <button type="button" class="icon" aria-label={TEXT.back} title={TEXT.back} onClick={() => step(-1)}>
          ‹
        </button>
        <button type="button" class="icon" aria-label={TEXT.forth} title={TEXT.forth} onClick={() => step(1)}>
          ›
        </button>
        <label>
          {TEXT.speed}{" "}
          <select
            value={String(speed.value)}
            onChange={(event) => {
              speed.value = Number(event.currentTarget.value);
            }}
          >
            {SPEEDS.map((by) => (
              <option key={by} value={String(by)}>
                {TEXT.speeds(by)}
              </option>
            ))}
          </select>
        </label>
        <Clock />
      </div>
      <div class="lanes">
        <ul>
          {LANES.map((lane) => (
            <li key={lane}>{TEXT.lanes[lane]}</li>
          ))}
        </ul>
        <div class="tracks">
          <Tracks run={run} end={span.value} />
          <Playhead />
        </div>
      </div>
    </section>
  );
}

function Clock() {
  return <output class="clock">{seconds(now.value)}</output>;
}

/** The thumb of a slider over all lanes: a person drags it, a keyboard moves it. */
function Playhead() {
  return (
    <input
      type="range"
      min={0}
      max={span.value}
      step={100}
      value={now.value}
      aria-label={TEXT.time}
      aria-valuetext={TEXT.at(now.value, state.value?.leader ?? null, state.value?.writes ?? false)}
      onInput={(event) => {
        pause();
        seek(Number(event.currentTarget.value));
      }}
    />
  );
}

function Tracks({ run, end }: { run: Trace; end: number }) {
  return useMemo(() => {
    const x = (time: number): string => `${((time / end) * 100).toFixed(3)}%`;
    const leaders = [...new Set(run.states.flatMap((moment) => moment.leader ?? []))];
    const of = {
      leader: (moment: State) => moment.leader ?? "",
      quorum: (moment: State) => (moment.quorum ? "yes" : ""),
      writes: (moment: State) => (moment.writes ? "yes" : ""),
      reads: (moment: State) => (moment.reads ? "yes" : ""),
    };
    const height = LANES.length * LANE;
    return (
      <svg width="100%" height={height} aria-hidden="true">
        {LANES.map((lane, at) => (
          <g key={lane} class={`lane ${lane}`}>
            <rect class="back" x={0} y={at * LANE + 2} width="100%" height={LANE - 4} rx={3} />
            {segments(run.states, end, of[lane]).map(({ from, to, value }) => (
              <g key={from}>
                <rect
                  class={lane === "leader" ? `c${leaders.indexOf(value) % COLOURS}` : "on"}
                  x={x(from)}
                  y={at * LANE + 2}
                  width={x(to - from)}
                  height={LANE - 4}
                />
                {lane === "leader" && to - from > end / 12 && (
                  <text x={x(from)} dx={5} y={at * LANE + 15}>
                    {value}
                  </text>
                )}
              </g>
            ))}
          </g>
        ))}
        {run.events
          .filter((event) => event.step)
          .map((event, index) => (
            <line key={index} class="mark" x1={x(event.at)} x2={x(event.at)} y1={0} y2={height} />
          ))}
      </svg>
    );
  }, [run, end]);
}
