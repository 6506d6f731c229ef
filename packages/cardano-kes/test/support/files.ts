import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { externalVectors } from '@evolock/test-vectors';
import { onTestFinished, test } from 'vitest';

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
