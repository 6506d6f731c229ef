import { verifyHeader } from '@evolock/cardano-kes';
import type { HeaderEntry, HeaderSubject } from './real-headers-file.js';

/** The headers of one era of one network. */
export interface HeaderGroup {
  readonly network: string;
  readonly era: string;
  headers: number;
  verified: number;
  failed: number;
  /** Those that could not be judged for want of a field. */
  unjudged: number;
}

/** What a file of headers came to. */
export interface HeaderReport {
  /** By network, then era, in the order in which the file first names them. */
  readonly groups: readonly HeaderGroup[];
  /** One line for every header that came out otherwise than the file says. */
  readonly mismatches: readonly string[];
  /** One line for every header that could not be judged. */
  readonly unjudged: readonly string[];
  readonly judged: number;
}

/** Judges every header and counts. */
export function reportOn(entries: readonly HeaderEntry[]): HeaderReport {
  const groups = new Groups();
  const mismatches: string[] = [];
  const unjudged: string[] = [];
  for (const entry of entries) {
    const group = groups.of(entry);
    group.headers += 1;
    if ('missing' in entry.subject) {
      group.unjudged += 1;
      unjudged.push(`${nameOf(entry)}: ${entry.subject.missing} is missing`);
      continue;
    }
    const problem = problemOf(entry.subject);
    if (problem === undefined) group.verified += 1;
    else group.failed += 1;
    const mismatch = mismatchOf(entry, problem);
    if (mismatch !== undefined) mismatches.push(mismatch);
  }
  return {
    groups: groups.sorted(),
    mismatches,
    unjudged,
    judged: entries.length - unjudged.length,
  };
}

/** Why a header is not valid; `undefined` for one that is. */
function problemOf({ bytes, parameters }: HeaderSubject): string | undefined {
  const { valid, failures } = verifyHeader(bytes, parameters);
  return valid ? undefined : failures.map(({ message }) => message).join('; ');
}

/** A real header is expected to be valid where the file does not say. */
function mismatchOf(entry: HeaderEntry, problem: string | undefined): string | undefined {
  const expected = entry.expected ?? true;
  if (expected === (problem === undefined)) return undefined;
  return `${nameOf(entry)}: ${problem ?? 'verifies, and the file says that it must not'}`;
}

function nameOf({ index, network, era }: HeaderEntry): string {
  return `entry ${index} (${network}, ${era})`;
}

/** Counts by network and era. */
class Groups {
  readonly #networks = new Map<string, Map<string, HeaderGroup>>();

  of({ network, era }: HeaderEntry): HeaderGroup {
    const eras = this.#networks.get(network) ?? new Map<string, HeaderGroup>();
    this.#networks.set(network, eras);
    const group = eras.get(era) ?? emptyGroup(network, era);
    eras.set(era, group);
    return group;
  }

  sorted(): HeaderGroup[] {
    return [...this.#networks.values()].flatMap((eras) => [...eras.values()]);
  }
}

function emptyGroup(network: string, era: string): HeaderGroup {
  return { network, era, headers: 0, verified: 0, failed: 0, unjudged: 0 };
}
