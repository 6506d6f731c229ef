/** The name that was probably meant by one that is not known: of an option, of a key in a file. */

/** Longer names are not compared. */
const LONGEST_NAME = 64;

/** Shorter names are in too many others to be a part of one. */
const SHORTEST_PART = 3;

/**
 * The known name that is nearest to a given one: the same but for case and separators; at most a third of its letters wrong,
 * missing, exchanged or too many; or one name is a part of the other. `undefined` when there is none.
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  if (given.length > LONGEST_NAME) return undefined;
  const wanted = folded(given);
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of known) {
    const difference = differenceOf(wanted, folded(name));
    if (difference >= least) continue;
    least = difference;
    nearest = name;
  }
  return nearest;
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}

/** The number of wrong letters. A part of a name differs more than any misspelt name. */
function differenceOf(one: string, other: string): number {
  const longer = Math.max(one.length, other.length);
  const edits = editsBetween(one, other);
  if (edits <= longer / 3) return edits;
  const isPart = one.includes(other) || other.includes(one);
  const shorter = Math.min(one.length, other.length);
  return isPart && shorter >= SHORTEST_PART ? LONGEST_NAME + longer - shorter : Infinity;
}

/** Letters that are replaced, inserted or deleted, and pairs of neighbours that are exchanged (optimal string alignment). */
function editsBetween(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const edits = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isExchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      edits.push(
        Math.min(
          at(last, column) + 1,
          at(edits, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isExchanged ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = edits;
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
