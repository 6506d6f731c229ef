/** The rows that are not times, or times of whole processes. */
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { resultOf } from '../processes/child-process.js';
import type { KeysResult } from '../processes/child-keys.js';
import { figureRow, type FigureRow, type SkippedRow, type Target } from './row.js';

const KIB = 1024;

const underKib = (value: number): Target => ({ kind: 'at most', value });

/** Live keys under a lock limit of 8 MiB. */
export function keysRow(short: boolean): FigureRow | SkippedRow {
  const limit = short ? 256 : 8 * KIB;
  const operation = `live Sum6 keys under ${short ? '256 KiB' : '8 MiB'}, ordinary user`;
  const reason = whyNoOrdinaryUser({ lockLimit: limit });
  if (reason !== undefined) return { operation, skipped: reason };
  const launch = { program: 'child-keys', prefix: asOrdinaryUser(limit) } as const;
  const { keys, keyBytes, lockedBytes, proved, user } = resultOf(launch) as KeysResult;
  const locked = proved && lockedBytes >= keyBytes && user !== 0;
  if (!locked) throw new Error(`${keys} keys of ${keyBytes} bytes, ${lockedBytes} locked`);
  const [needed, held] = [keyBytes, lockedBytes].map((bytes) => Math.round(bytes / KIB));
  const note = `all signed; ${needed} KiB of keys, ${held} KiB held locked by the kernel`;
  const enough: Target = { kind: 'at least', value: short ? 900 : 30_000 };
  return figureRow(operation, 'keys', [keys], enough, note);
}

/** The bytes of a live key outside locked memory. */
export function memoryRow(short: boolean): FigureRow {
  const count = short ? 50 : 2_000;
  const launch = {
    program: 'child-memory',
    flags: ['--expose-gc'],
    arguments: [String(count)],
  } as const;
  const runs = Array.from({ length: short ? 1 : 3 }, () => resultOf(launch) as { bytes: number });
  const kib = runs.map(({ bytes }) => bytes / KIB);
  const note = `${count} keys, heapUsed and external less what is locked`;
  return figureRow('memory of a live Sum6 key, with its table', 'KiB', kib, underKib(6), note);
}

/** The time to load the package. */
export function importRow(short: boolean): FigureRow {
  const runs = Array.from(
    { length: short ? 1 : 15 },
    () => resultOf({ program: 'child-import' }) as { sodiumNative: number; kesSum: number },
  );
  const sodium = runs.map(({ sodiumNative }) => sodiumNative).sort((a, b) => a - b);
  return figureRow(
    'import of @evolock/kes-sum, above sodium-native',
    'ms',
    runs.map(({ kesSum }) => kesSum),
    { kind: 'at most', value: 30 },
    `sodium-native itself ${sodium[Math.floor(sodium.length / 2)]!.toFixed(0)} ms`,
  );
}
