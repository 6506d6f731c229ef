import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is removed after the test. */
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
