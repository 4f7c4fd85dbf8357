import { signal } from "@preact/signals";

/** What begins to use a new version that is there; null while there is none. */
export const takeOver = signal<(() => void) | null>(null);

const reload = (): void => location.reload();

export function keepOffline(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const container = navigator.serviceWorker;
  // The first one takes over a page that has its files already; only a later one needs a reload.
  let isFirst = container.controller === null;
  let isAsked = false;
  container.addEventListener("controllerchange", () => {
    if (isAsked) reload();
    // Another tab asked: this one reloads when somebody says so here, too.
    else if (!isFirst) takeOver.value = reload;
    isFirst = false;
  });
  container.register("sw.js").then(
    (registration) => {
      const look = (): void => {
        const { waiting } = registration;
        if (waiting === null || container.controller === null) return;
        takeOver.value = () => {
          isAsked = true;
          waiting.postMessage("take over");
        };
      };
      look();
      registration.addEventListener("updatefound", () => {
        registration.installing?.addEventListener("statechange", look);
      });
    },
    () => {
      // Not over plain HTTP, and not where cookies are forbidden: the page works without.
    },
  );
}
