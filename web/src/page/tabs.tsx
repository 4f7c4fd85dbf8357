import type { ComponentChildren } from "preact";

interface Tab<T extends string> {
  id: T;
  text: ComponentChildren;
}
interface TabsProps<T extends string> {
  name: string;
  label: string;
  tabs: readonly Tab<T>[];
  chosen: T;
  choose: (id: T) => void;
  class?: string;
}

/** Tabs as the ARIA practices have them: one stop, arrow keys go between them. */
export function Tabs<T extends string>({ name, label, tabs, chosen, choose, class: names = "" }: TabsProps<T>) {
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const last = tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    const next = to === undefined ? undefined : tabs[to];
    if (next === undefined || to === undefined) return;
    event.preventDefault();
    choose(next.id);
    (event.currentTarget as Element).querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };
  return (
    <div class={`tabs ${names}`} role="tablist" aria-label={label} tabIndex={-1} onKeyDown={move}>
      {tabs.map((tab, index) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${name}-tab-${index}`}
          aria-selected={tab.id === chosen}
          aria-controls={tab.id === chosen ? `${name}-panel` : undefined}
          tabIndex={tab.id === chosen ? 0 : -1}
          onClick={() => choose(tab.id)}
        >
          {tab.text}
        </button>
      ))}
    </div>
  );
}
