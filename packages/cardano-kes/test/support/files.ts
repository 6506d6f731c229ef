/** Files of a test, removed after it: envelopes, counters, and certificates that are issued with these. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { externalVectors } from '@evolock/test-support/external';
import { onTestFinished, test } from 'vitest';
import { absolutePeriod } from '@evolock/cardano-headers';
import { issueToFile, writeCounter, type IssueRequest } from '../../src/all.js';
import { coldKey } from './keys.js';

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cardano-kes-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A file in a folder of its own, removed after the test. */
export function fileOf(content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder(), 'file');
  writeFileSync(path, content, { mode });
  return path;
}

/** The text of an envelope as `cardano-cli` writes it. */
export function envelopeText(type: string, cborHex: string, description = ''): string {
  return `${JSON.stringify({ type, description, cborHex }, undefined, 4)}\n`;
}

/** The paths of files that `cardano-cli` wrote. Adds a skipped test for each missing file. */
export function externalEnvelopes(...names: string[]): string[] {
  return names.flatMap((name) => {
    const vectors = externalVectors(`envelopes/${name}`);
    if (vectors.available) return [vectors.path];
    test.skipIf(true)(vectors.reason, () => {});
    return [];
  });
}

/** The first number of {@link issuingWorld}. */
export const FIRST = 7n;

/** A counter, a path for a certificate in another folder, and what is issued. */
export function issuingWorld() {
  const { counterPath, coldVerificationKey } = counterAt(FIRST);
  const hotVerificationKey = new Uint8Array(32).fill(3);
  const request = { ...requestWith(counterPath), hotVerificationKey };
  return { path: join(folder(), 'node.cert'), counterPath, coldVerificationKey, request };
}

/** A counter in a folder of its own, which is removed after the test. */
export function counterAt(next: bigint): { counterPath: string; coldVerificationKey: Uint8Array } {
  const counterPath = join(folder(), 'cold.counter');
  const coldVerificationKey = coldKey().deriveVerificationKey();
  writeCounter(counterPath, { next, coldVerificationKey });
  return { counterPath, coldVerificationKey };
}

/** The request of a certificate for a verification key of zeros. */
export function requestWith(counterPath: string, key = coldKey()) {
  return {
    coldKey: key,
    counterPath,
    hotVerificationKey: new Uint8Array(32),
    startPeriod: absolutePeriod(400),
  };
}

/** Issues to a file in another folder. */
export const issueWithCounter = (request: IssueRequest) =>
  issueToFile(join(folder(), 'node.cert'), request);
