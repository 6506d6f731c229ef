import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { externalVectors, type ExternalVectors } from '@evolock/test-vectors';
import { inFolder } from './folder.js';

/** The name of a test that needs data of others: with the reason, where they are missing and it is skipped. */
export function named(name: string, data: ExternalVectors): string {
  return data.available ? name : `${name} (${data.reason})`;
}

/** A file that `cardano-cli` wrote. */
export function envelope(set: string, file: string): ExternalVectors {
  return externalVectors(`envelopes/${set}/${file}`);
}

/** A copy of one in the test's folder, closed to others as `cardano-cli` leaves it. */
export function copyOf(data: ExternalVectors): string {
  const path = inFolder(basename(pathOf(data)));
  copyFileSync(pathOf(data), path);
  return path;
}

/** Where it is. */
export function pathOf(data: ExternalVectors): string {
  if (!data.available) throw new Error(data.reason);
  return data.path;
}
