/** So many milliseconds without a key are a pause of somebody who types. */
const PAUSE = 150;

/** Does what must not compete with a preview, once somebody who types has paused. What is given back calls it off, as effects do. */
export function afterPause(work: () => void): () => void {
  const timer = setTimeout(work, PAUSE);
  return () => clearTimeout(timer);
}
