import { signal } from "@preact/signals";

/** A new version that waits to be used. */
export const waiting = signal<ServiceWorker | null>(null);

export function keepOffline(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const container = navigator.serviceWorker;
  // The first one takes over a page that has its files already; only a later one needs a reload.
  const isFirst = container.controller === null;
  container.addEventListener("controllerchange", () => {
    if (!isFirst) location.reload();
  });
  container.register("sw.js").then(
    (registration) => {
      const look = (): void => {
        if (registration.waiting !== null && container.controller !== null) waiting.value = registration.waiting;
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

export const takeOver = (): void => waiting.value?.postMessage("take over");
