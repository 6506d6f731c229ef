/**
 * Lines of the same failure. With a wrong nonce, a wrong network or a wrong clock every header of a chain has the same one, so
 * a person gets the first lines and a count. Everything is verified and counted, and the JSON has every header.
 */
import type { Finding } from '@evolock/cardano-headers/database';

/** Lines that are printed for one failure. */
const MOST_LINES = 20;

/** Whether a finding is printed: `note` is the first that is not, of those with the same failures. */
export type Place = 'printed' | 'note' | 'counted';

/** Counts findings of headers by their failures. */
export class Repeats {
  readonly #printed = new Map<string, number>();
  readonly #counted = new Map<string, number>();

  /** Counts a finding. It is printed while one of its failures was printed fewer than twenty times. */
  add(finding: Finding): Place {
    const codes = codesOf(finding);
    const isNew = codes.some((code) => (this.#printed.get(code) ?? 0) < MOST_LINES);
    if (codes.length === 0 || isNew) {
      for (const code of codes) add(this.#printed, code);
      return 'printed';
    }
    return add(this.#counted, codes.join(', ')) === 1 ? 'note' : 'counted';
  }

  /** The numbers of headers that were not printed, by their failures. */
  get counted(): readonly (readonly [codes: string, count: number])[] {
    return [...this.#counted];
  }
}

function add(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

/** The codes of a header that is not valid or not in order; none for a valid header and for what is no header. */
export function codesOf(finding: Finding): readonly string[] {
  if (finding.kind === 'passed') return [];
  if (finding.kind === 'out-of-order') return codesIn(finding.failures);
  const { header, reasons } = finding.verdict;
  return header === null ? [] : codesIn(reasons);
}

function codesIn(all: readonly { readonly code: string }[]): readonly string[] {
  return [...new Set(all.map(({ code }) => code))];
}
