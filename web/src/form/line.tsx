// The editor of a text or a number: one line, or several where the text has them.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Json } from "../engine/types.ts";
import { revisions } from "../state/document.ts";
import { TEXT } from "../text.ts";
import { aria, type PartProps } from "./part.ts";
import { type Shape, shown } from "./schema.ts";

/** What was typed, as JSON: a number only where one is expected and the text is nothing else. */
function typed(text: string, shape: Shape): Json | undefined {
  const isNumber = shape.takesNumbers && /^(0|-?[1-9]\d{0,14})$/.test(text);
  return isNumber ? Number(text) : text;
}

/** While somebody types, a field shows that, not what the engine made of it; and buttons count on from what they sent. */
function useDraft({ shape, value, change }: PartProps, there: string, whenReplaced: () => void) {
  const [draft, setDraft] = useState<string | null>(null);
  /** What was sent since the field took the focus: any other value comes from elsewhere, and is shown. */
  const sent = useRef(new Set<string>());
  /** The number that was sent last, until it is there. */
  const last = useRef<Json | undefined>(undefined);
  const forget = (): void => {
    sent.current.clear();
    setDraft(null);
  };
  // At once: what is typed after that is not forgotten with it.
  useLayoutEffect(() => {
    last.current = undefined;
    forget();
  }, [revisions.value]);
  useLayoutEffect(() => {
    const isSent = sent.current.has(there);
    if (!isSent || there === String(last.current)) last.current = undefined;
    if (!isSent) whenReplaced();
    // An emptied entry of a list has a value all the same.
    if (!isSent && draft !== "") forget();
  }, [there]);
  const send = (to: Json | undefined): void => {
    last.current = to;
    change("", to);
  };
  const put = (to: string): void => {
    setDraft(to);
    sent.current.add(to);
    send(to === "" ? undefined : typed(to, shape));
  };
  const from = (): number => [last.current, value, shape.default].find((one) => typeof one === "number") ?? 0;
  const next = (by: number): number => Math.min(shape.maximum, Math.max(shape.minimum, from() + by));
  const isAtEnd = (by: number): boolean => next(by) === from();
  const step = (by: number): void => {
    if (isAtEnd(by)) return;
    const to = next(by);
    setDraft(null);
    sent.current.add(String(to));
    send(to);
  };
  return { text: draft ?? there, put, step, isAtEnd, forget };
}

export function Line(props: PartProps) {
  const { shape, value, change, id, label } = props;
  const there = value === undefined || value === null ? "" : shown(value);
  const [isShown, setShown] = useState(false);
  // What was shown is not here any more: an entry may have changed places with another one.
  const { text, put, step, isAtEnd, forget } = useDraft(props, there, () => setShown(false));
  // Until it loses the focus, which another element would not have.
  const long = useRef(false);
  long.current = there.includes("\n") || (long.current && document.activeElement?.id === id);
  const isLong = long.current;
  // An example of a password is none of a password that is set.
  const example = shape.isSecret ? TEXT.form.unset : (shape.example ?? "");
  const usual = value === null ? TEXT.form.nothing : shown(shape.default) || example;
  const common = {
    ...aria(props),
    "aria-label": label,
    value: text,
    placeholder: usual === "null" ? TEXT.form.unset : usual,
    spellcheck: false,
    autocomplete: "off",
    onBlur: forget,
  };
  const isMasked = shape.isSecret && !isShown;
  const secret = shape.isSecret && (
    <button type="button" class="quiet" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
      {isShown ? TEXT.form.hide : TEXT.form.show}
    </button>
  );
  if (isLong && !isMasked) {
    return (
      <>
        <textarea {...common} rows={6} onInput={(event) => put(event.currentTarget.value)} />
        {secret}
      </>
    );
  }
  const stepper = (by: 1 | -1) =>
    shape.kind === "integer" &&
    !shape.nullable && (
      <button
        type="button"
        class="icon"
        aria-label={`${by < 0 ? TEXT.form.less : TEXT.form.more}: ${label}`}
        aria-disabled={isAtEnd(by)}
        onClick={() => step(by)}
      >
        {by < 0 ? "−" : "+"}
      </button>
    );
  return (
    <span class="line-field">
      {stepper(-1)}
      <input
        {...common}
        {...(isMasked ? { type: "password" as const } : { type: "text" as const })}
        readOnly={isLong}
        inputMode={shape.kind === "integer" ? "numeric" : undefined}
        class={shape.kind}
        onInput={(event) => put(event.currentTarget.value)}
      />
      {stepper(1)}
      {secret}
      {shape.nullable && (shape.default ?? null) !== null && value !== null && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            // This button goes.
            document.getElementById(id)?.focus();
            change("", null);
          }}
        >
          {TEXT.form.setNone}
        </button>
      )}
    </span>
  );
}
