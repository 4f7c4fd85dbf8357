/** How far into a line a character is: findings count characters, editors UTF-16 units. */
export function offset(line: string, characters: number): number {
  let units = 0;
  for (const character of line) {
    if (characters <= 0) break;
    characters -= 1;
    units += character.length;
  }
  return units;
}
