// What every editor of a value is told, and whom it tells.
import type { Json } from "../engine/types.ts";
import type { Shape } from "./schema.ts";

/** The place or the name that an entry has had in its list or map. */
export type From = number | string;

/** Sets what is below a value, at a pointer from it; undefined takes it away. With `from` it is the entry that was there, beside it. */
export type Change = (below: string, value: Json | undefined, from?: From) => void;

export interface PartProps {
  shape: Shape;
  value: Json | undefined;
  change: Change;
  id: string;
  label: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  /** Shows a place in values.yaml. */
  toText: () => void;
}

export const aria = ({ id, describedBy, invalid }: PartProps) => ({
  id,
  "aria-describedby": describedBy,
  "aria-invalid": invalid === true ? ("true" as const) : undefined,
});
