// What a single fault does to the cluster, where that is bad: what `rqchart lint` says beyond the findings of a preview. Played
// when somebody pauses.
import { effect } from "@preact/signals";
import { askAhead } from "../engine/client.ts";
import { keep } from "./json.ts";
import { afterPause } from "./pause.ts";
import { faults, isStale, settled } from "./result.ts";
import { simulatorOf } from "./simulator.ts";

export function followFaults(): void {
  effect(() => {
    const present = settled.value;
    if (present === null || isStale.value) return undefined;
    const work = async (): Promise<void> => {
      try {
        const simulator = await simulatorOf(present);
        const found = simulator === null ? [] : await askAhead("faults", { simulator, text: present.text });
        if (settled.peek() === present) faults.value = keep(faults.value, found);
      } catch {
        // It says itself in Simulate why it cannot be had; without it there are the findings of the preview.
      }
    };
    return afterPause(() => void work(), { isLong: true });
  });
}
