/** The figures of the front page, read from the documents that the commands of the repository write. */

/** A figure, what it says, and where it stands. */
export interface Figure {
  readonly value: string;
  readonly words: string;
  /** The document that states it. */
  readonly source: keyof Documents;
}

/** The texts that figures are read from. */
export interface Documents {
  readonly proof: string;
  readonly performance: string;
  /** The file of signatures that the Haskell reference made. */
  readonly haskell: string;
}

/**
 * All figures, in the order of the page.
 *
 * @throws {Error} A document does not contain a figure.
 */
export function figuresOf({ proof, performance, haskell }: Documents): Figure[] {
  const [scans] = found(proof, /; ([\d,]+) scans/);
  const [sign, ratio] = found(
    performance,
    /^\| Sum6 sign, 256 bytes \| ([\d.]+) .*?\| ([\d.]+) \(/m,
  );
  const [update] = found(performance, /^\| Sum6 update, the costliest step \| ([\d.]+) /m);
  const [keys] = found(performance, /^\| live Sum6 keys under 8 MiB[^|]*\| ([\d,]+) keys/m);
  const [header, alone] = found(
    performance,
    /^\| kes header verify, a header, on two processors \| ([\d.]+) .*?\| on one ([\d.]+) /m,
  );
  return [
    {
      value: grouped(copies(proof)),
      words: `copies of a secret outside locked memory, in ${scans} scans of whole processes`,
      source: 'proof',
    },
    {
      value: grouped(signatures(haskell)),
      words: 'signatures of the Haskell reference implementation, equal byte for byte',
      source: 'haskell',
    },
    {
      value: `${sign} µs`,
      words: `for a signature of Cardano's KES: ${ratio} times one bare Ed25519 signature`,
      source: 'performance',
    },
    {
      value: `${update} µs`,
      words: 'for the costliest step of a key to its next period',
      source: 'performance',
    },
    {
      value: keys,
      words: 'live keys in 8 MiB of locked memory, the limit of an ordinary user',
      source: 'performance',
    },
    {
      value: `${header} µs`,
      words: `for a block header, when two processors check a chain; one takes ${alone} µs`,
      source: 'performance',
    },
  ];
}

/** The groups of a pattern, which has one or two. */
function found(text: string, pattern: RegExp): [first: string, second: string] {
  const groups = pattern.exec(text);
  if (groups === null) throw new Error(`a document has no text like ${String(pattern)}`);
  return [groups[1] ?? '', groups[2] ?? ''];
}

/** The copies outside locked memory, of all layers of the table of scans. Its fifth column states them. */
function copies(proof: string): number {
  const [table] = found(proof, /^(\| layer \| operations \|[^]*?)\n\n/m);
  const [, , ...rows] = table.split('\n');
  return rows.map((row) => Number(row.split('|')[5])).reduce((sum, count) => sum + count, 0);
}

function signatures(haskell: string): number {
  const { keys } = JSON.parse(haskell) as { readonly keys: readonly { periods: unknown[] }[] };
  return keys.reduce((sum, { periods }) => sum + periods.length, 0);
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
