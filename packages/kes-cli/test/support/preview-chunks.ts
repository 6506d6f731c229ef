/** Chunks of the beginning of preview, and the nonces of its epochs. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { externalVectors } from '@evolock/test-vectors';
import { inFolder } from './folder.js';

const data = externalVectors('vrf/preview-epoch-nonces.json');

/** Whether the data are there, and a text for titles that says so when they are missing. */
export const hasChunks = data.available;
export const whyNone = data.available ? '' : ` (${data.reason})`;

/** The published nonce of an epoch, in hexadecimal digits. */
export function nonceOf(epoch: number): string {
  if (!data.available) throw new Error(data.reason);
  return (data.data as { epochNonces: Record<string, string> }).epochNonces[epoch] ?? '';
}

/** A folder of the test with these chunks and their indexes. */
export function withChunks(...numbers: readonly number[]): string {
  if (!data.available) throw new Error(data.reason);
  const to = inFolder('immutable');
  mkdirSync(to, { recursive: true });
  const from = join(dirname(data.path), '..', 'immutable');
  for (const number of numbers)
    for (const extension of ['chunk', 'secondary']) {
      const name = `${String(number).padStart(5, '0')}.${extension}`;
      copyFileSync(join(from, name), join(to, name));
    }
  return to;
}
