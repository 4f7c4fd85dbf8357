// The cluster in numbers and in words; both are the engine's.
import { summary } from "../state/result.ts";
import { TEXT } from "../text.ts";

export function Summary() {
  const all = summary.value;
  if (all === null) return null;
  const { numbers } = TEXT.picture;
  const shown: [string, string | number | null][] = [
    [numbers.voters, all.voters],
    [numbers.quorum, all.quorum],
    [numbers.mayLose, all.mayLose],
    [numbers.nonVoters, all.nonVoters === 0 ? null : all.nonVoters],
    [numbers.readers, all.readers === 0 ? null : all.readers],
    [numbers.cpu, all.cpu],
    [numbers.memory, all.memory],
    [numbers.storage, all.storage],
  ];
  return (
    <div class="summary">
      <dl>
        {shown
          .filter(([, value]) => value !== null && value !== "")
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <ul>
        {all.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
