import { computed, effect, signal } from "@preact/signals";
import { engineState } from "../engine/client.ts";

/** What begins to use a new version that is there; null while there is none. */
export const takeOver = signal<(() => void) | null>(null);

const reload = (): void => location.reload();
const isLoading = computed(() => engineState.value === "loading");

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
  const register = async (): Promise<void> => {
    const registration = await container.register("sw.js");
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
  };
  // What is kept is asked for when the engine has been loaded: not at the same time, and what is there not once more.
  effect(() => {
    // Not over plain HTTP, and not where cookies are forbidden: the page works without.
    if (!isLoading.value) register().catch(() => undefined);
  });
}
