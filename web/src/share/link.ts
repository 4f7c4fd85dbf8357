// The state in the address: after the #, so that no server sees it. What a link is, the engine knows.
import { effect, signal } from "@preact/signals";
import { ask, engineState, told } from "../engine/client.ts";
import { dialog, say, showScenario } from "../page/views.ts";
import { document, type Document, EMPTY, imported, isLinkOf, putLinked, returnTo, returnToOwn, setLink } from "../state/document.ts";
import { TEXT } from "../text.ts";

/** A link, and what it is of: a document, and the part that carries a scenario. */
export const link = signal<{ link: string; omitted: string[]; of: Document; scenario: string } | null>(null);
/** The part of a link that carries a scenario; nothing where none of one's own is played. */
export const scenarioPart = signal("");
/** Why a link that was opened could not be. */
export const linkError = signal<string | null>(null);
/** What is here while the address has a link that is not opened yet, or could not be: the link stays until something else is here. */
let unopened: Document | null = null;
export const shareError = signal<string | null>(null);

/** The address follows when somebody who types has paused for so many milliseconds; at once for who shares it. */
const PAUSE = 300;
/** No address bar takes more, and nobody sends it. */
const LONGEST = 30_000;

const hash = (): string => location.hash.replace(/^#/, "");
export const address = (part: string): string => `${location.origin}${location.pathname}#${part}`;

async function open(part: string): Promise<void> {
  if (part === "") {
    unopened = linkError.value = null;
    if (returnToOwn()) say(TEXT.share.returned, document.peek());
    return;
  }
  // The link of the state that is here: comments and secrets, which links leave out, stay.
  const isHere = isLinkOf(part);
  if (part.includes(",p=")) showScenario(isHere ? "" : part);
  if (isHere) return;
  unopened = document.peek();
  try {
    const isFresh = document.peek().text === EMPTY.text;
    if (!returnTo(part)) {
      const { release, text } = await ask("open", { link: part });
      putLinked({ release, text }, part);
      imported.value = { name: TEXT.share.link, text };
    }
    linkError.value = null;
    if (!isFresh) say(TEXT.share.opened, document.peek());
  } catch (error) {
    linkError.value = told(error);
  }
}

/** Opens the link that the page was opened with, and keeps the address up to date from then on. */
export function followLink(): void {
  let isOpened = false;
  effect(() => {
    if (engineState.value !== "ready" || isOpened) return;
    isOpened = true;
    open(hash()).then(write, write);
  });
  addEventListener("hashchange", () => {
    const part = hash();
    void open(part).then(() => {
      // One's own that is here has a link, as before.
      if (part === "") tell(document.peek(), scenarioPart.peek());
    });
  });
}

function tell(present: Document, scenario: string): void {
  ask("share", present).then(
    (shared) => {
      const answer = { ...shared, link: shared.link + scenario, of: present, scenario };
      const isTooMuch = answer.link.length > LONGEST;
      link.value = answer;
      shareError.value = isTooMuch ? TEXT.share.tooMuch : null;
      // Nor is an earlier state that of the address.
      if (present === unopened || present !== document.peek()) return;
      unopened = null;
      const part = isTooMuch ? "" : answer.link;
      setLink(part, present);
      const isNothing = present.text === EMPTY.text && present.release === EMPTY.release && scenario === "";
      history.replaceState(null, "", part === "" || isNothing ? location.pathname : `#${part}`);
    },
    (error: unknown) => {
      shareError.value = told(error) ?? shareError.value;
    },
  );
}

function write(): void {
  effect(() => {
    const [present, scenario] = [document.value, scenarioPart.value];
    const timer = setTimeout(() => tell(present, scenario), dialog.peek() === "share" ? 0 : PAUSE);
    return () => clearTimeout(timer);
  });
  effect(() => {
    if (dialog.value !== "share") return;
    const [known, present, scenario] = [link.peek(), document.peek(), scenarioPart.peek()];
    if (known?.of !== present || known.scenario !== scenario) tell(present, scenario);
  });
}
