// Parts of the page that are loaded when somebody opens them.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { takeOver } from "../offline/register.ts";
import { TEXT } from "../text.ts";

/** Shows a part once it is there. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, onFailure = (): void => undefined): ComponentType<P> {
  let loading: Promise<ComponentType<P>> | null = null;
  return function Later(props: P) {
    const [part, setPart] = useState<{ Part: ComponentType<P> } | null>(null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      loading ??= load();
      loading.then(
        (Part) => setPart({ Part }),
        () => {
          // The next time may find a network.
          loading = null;
          setFailed(true);
          onFailure();
        },
      );
    }, []);
    if (part !== null) return <part.Part {...props} />;
    return <p class="empty">{!failed ? TEXT.later.loading : takeOver.value === null ? TEXT.later.failed : TEXT.version.waiting}</p>;
  };
}
