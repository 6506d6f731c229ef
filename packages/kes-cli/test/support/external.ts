/** Data of other implementations, where they are there. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { externalVectors, type ExternalVectors } from '@evolock/test-support/external';
import { inFolder } from '@evolock/command-testing/folder';

/** The title of a test that needs external data, with the reason when the data are missing. */
export function named(name: string, data: ExternalVectors): string {
  return data.available ? name : `${name} (${data.reason})`;
}

export function envelope(set: string, file: string): ExternalVectors {
  return externalVectors(`envelopes/${set}/${file}`);
}

export function copyOf(data: ExternalVectors): string {
  const path = inFolder(basename(pathOf(data)));
  copyFileSync(pathOf(data), path);
  return path;
}

export function pathOf(data: ExternalVectors): string {
  if (!data.available) throw new Error(data.reason);
  return data.path;
}

const chunks = externalVectors('vrf/preview-epoch-nonces.json');

/** Whether the data are there, and a text for titles that says so when they are missing. */
export const hasChunks = chunks.available;
export const whyNone = chunks.available ? '' : ` (${chunks.reason})`;

export function nonceOf(epoch: number): string {
  if (!chunks.available) throw new Error(chunks.reason);
  return (chunks.data as { epochNonces: Record<string, string> }).epochNonces[epoch] ?? '';
}

/** A folder of the test with these chunks and their indexes. */
export function withChunks(...numbers: readonly number[]): string {
  if (!chunks.available) throw new Error(chunks.reason);
  const to = inFolder('immutable');
  mkdirSync(to, { recursive: true });
  const from = join(dirname(chunks.path), '..', 'immutable');
  for (const number of numbers)
    for (const extension of ['chunk', 'secondary']) {
      const name = `${String(number).padStart(5, '0')}.${extension}`;
      copyFileSync(join(from, name), join(to, name));
    }
  return to;
}
