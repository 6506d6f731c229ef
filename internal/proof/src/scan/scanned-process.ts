/** A stopped process whose memory is scanned, now or, when its secrets are not yet known, from a copy. */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  readMappings,
  scanFile,
  scanProcess,
  waitUntilStopped,
  type Encoding,
  type Finding,
  type Hit,
  type Mapping,
  type MaskedNeedle,
  type ScanOptions,
} from '@evolock/memory-scan';
import type { Expectation, Path } from '../secrets/expectation.js';
import { needlesOf, seedName, type Needles } from '../secrets/needles.js';
import { verdictOf, type Found, type Verdict } from './verdict.js';

/** Milliseconds for a process to stop. */
export const PATIENCE = 120_000;

/** What a scan looks for. */
export interface Wanted {
  readonly needles: Needles;
  /** Every process holds it in ordinary memory. */
  readonly canary: MaskedNeedle;
}

/** Scans some memory. */
type Scan = (needles: readonly MaskedNeedle[], options?: ScanOptions) => Found;

/** Encodings in which a scan looks for derived secrets. */
const LIKELY: readonly Encoding[] = ['raw', 'hex-lower', 'swapped-64'];

/** Scans for the root seed and live seeds in every encoding, for other secrets in the likely ones. */
function judge(scan: Scan, { needles, canary }: Wanted): Verdict {
  const derived = needles.all
    .map(({ name }) => name)
    .filter((name) => !needles.live.has(name) && name !== seedName(''));
  const encodings = Object.fromEntries(derived.map((name) => [name, LIKELY]));
  return verdictOf(scan([...needles.all, canary], { encodings }), needles);
}

/** Scans a stopped process. */
export function scanFor(pid: number, wanted: Wanted): Verdict {
  return judge((needles, options) => scanProcess(pid, needles, options), wanted);
}

/** What has to hold at a moment of a life. */
export interface Moment {
  readonly name: string;
  /** The seeds of the key that are known outside the process. */
  readonly known: ReadonlyMap<Path, Uint8Array>;
  readonly expects: Expectation;
  /** How many copies of each live seed are in locked memory. */
  readonly copies: number;
}

/** The scanned process, as its life sees it. */
export interface Scanned {
  /** Stops the process and scans it. */
  readonly scan: (moment: Moment) => Promise<void>;
  /** Copies the memory of the process. The result scans the copy, when the secrets of the process are known. */
  readonly copyMemory: () => Promise<(moment: Moment) => void>;
  /** Sends SIGTERM. Resolves when the process has stopped itself. */
  readonly end: () => Promise<void>;
}

/** A running process. The verdicts of its scans are added by their moments. */
export function scannedProcess(
  pid: number,
  folder: string,
  canary: MaskedNeedle,
  add: (moment: string, verdict: Verdict) => void,
): Scanned {
  let hasStoppedItself = false;
  const whileStopped = async <Result>(work: () => Result): Promise<Result> => {
    if (hasStoppedItself) return work();
    process.kill(pid, 'SIGSTOP');
    try {
      await waitUntilStopped(pid, { signal: AbortSignal.timeout(PATIENCE) });
      return work();
    } finally {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // It has ended.
      }
    }
  };
  const judgeAt = (moment: Moment, scan: Scan): void => {
    const needles = needlesOf(moment.known, moment.expects);
    const verdict = judge(scan, { needles, canary });
    const expected = moment.copies * needles.live.size;
    const miscounted =
      verdict.locked === expected
        ? []
        : [`${verdict.locked} copies in locked memory instead of ${expected}`];
    add(moment.name, { ...verdict, problems: [...verdict.problems, ...miscounted] });
  };
  return {
    scan: (moment) =>
      whileStopped(() => judgeAt(moment, (needles, options) => scanProcess(pid, needles, options))),
    async copyMemory() {
      const path = join(folder, randomUUID());
      const scan = await whileStopped(() => copyOfMemory(pid, path));
      return (moment) => judgeAt(moment, scan);
    },
    async end() {
      process.kill(pid, 'SIGTERM');
      await waitUntilStopped(pid, { signal: AbortSignal.timeout(PATIENCE) });
      hasStoppedItself = true;
    },
  };
}

/** Copies the memory of a stopped process to a file. Returns the scan of the copy. */
function copyOfMemory(pid: number, path: string): Scan {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const file = openSync(path, 'w', 0o600);
  const copied: { readonly end: number; readonly mapping: Mapping }[] = [];
  let end = 0;
  try {
    for (const mapping of readMappings(pid)) {
      const { start, size, permissions, resident, name } = mapping;
      // The kernel does not read its own memory, such as [vvar].
      if (!permissions.startsWith('r') || resident === 0 || name.startsWith('[v')) continue;
      const content = Buffer.alloc(size);
      if (readSync(memory, content, 0, size, start) !== size)
        throw new Error(`not readable: ${start.toString(16)} ${name}`);
      end += writeSync(file, content);
      copied.push({ end, mapping });
    }
  } finally {
    closeSync(file);
    closeSync(memory);
  }
  const withMapping = (hit: Hit): Finding => {
    const { mapping } = copied.find((each) => hit.address < each.end)!;
    return { ...hit, mapping };
  };
  return (needles, options) => ({
    findings: scanFile(path, needles, options).findings.map(withMapping),
    unreadable: [],
  });
}
