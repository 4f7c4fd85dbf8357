/** So many milliseconds without a key are a pause of somebody who types; after a long one nobody who goes on notices a busy core. */
const PAUSE = 150;
const LONG_PAUSE = 400;

/** Does what must not compete with a preview, once somebody who types has paused. What is given back calls it off, as effects do. */
export function afterPause(work: () => void, { isLong = false } = {}): () => void {
  const timer = setTimeout(work, isLong ? LONG_PAUSE : PAUSE);
  return () => clearTimeout(timer);
}
