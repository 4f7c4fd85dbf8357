/** A sentence of the engine's; what stands in backticks is code. */
export function Prose({ text }: { text: string }) {
  const parts = text.split("`");
  // An odd one at the end is a backtick, not code.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
