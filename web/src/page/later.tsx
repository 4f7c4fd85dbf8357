// Parts of the page that are loaded when somebody opens the first of them.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { takeOver } from "../offline/register.ts";
import { TEXT } from "../text.ts";

type Parts = typeof import("../later.ts");

let loaded: Parts | null = null;
/** What could not be loaded is asked for again: the next time may find a network. */
export async function load(): Promise<Parts> {
  try {
    loaded = await import("../later.ts");
    return loaded;
  } catch {
    throw new Error(TEXT.later.failed);
  }
}

/** Shows a part once it is there. */
export function later<P extends object>(which: (parts: Parts) => ComponentType<P>, onFailure = (): void => undefined): ComponentType<P> {
  return function Later(props: P) {
    const [parts, setParts] = useState(loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (parts !== null) return;
      load().then(setParts, () => {
        setFailed(true);
        onFailure();
      });
    }, []);
    const Part = parts && which(parts);
    if (Part !== null) return <Part {...props} />;
    return <p class="empty">{!failed ? TEXT.later.loading : takeOver.value === null ? TEXT.later.failed : TEXT.version.waiting}</p>;
  };
}
