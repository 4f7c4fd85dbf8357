const SHAPES = {
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  undo: "M6 4 3 7l3 3M3 7h6a4 4 0 0 1 0 8H7",
  redo: "M10 4l3 3-3 3M13 7H7a4 4 0 0 0 0 8h2",
  share: "M8 10V2M5 4.5 8 2l3 2.5M4 7H3v7h10V7h-1",
  import: "M8 2v8M5 7.5 8 10l3-2.5M3 12v2h10v-2",
  search: "M7 11.5A4.5 4.5 0 1 0 7 2.5a4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 1 1 0 11",
  copy: "M6 5V2.5h7.5V11H11M2.5 5H11v8.5H2.5z",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  reset: "M3.5 3.5v3h3M3.8 6.3A5 5 0 1 1 3 9",
  link: "M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.500L4.500 7",
} as const;

/** Decoration: what it stands for is said by the text or label beside it. */
export function Icon({ name }: { name: keyof typeof SHAPES }) {
  return (
    <svg class="icon-shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  );
}
