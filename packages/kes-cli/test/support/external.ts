import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { externalVectors, type ExternalVectors } from '@evolock/test-vectors';
import { inFolder } from './folder.js';

/** The title of a test that needs external data, with the reason when the data are missing. */
export function named(name: string, data: ExternalVectors): string {
  return data.available ? name : `${name} (${data.reason})`;
}

/** A file of `cardano-cli`. */
export function envelope(set: string, file: string): ExternalVectors {
  return externalVectors(`envelopes/${set}/${file}`);
}

/** A copy in the folder of the test. */
export function copyOf(data: ExternalVectors): string {
  const path = inFolder(basename(pathOf(data)));
  copyFileSync(pathOf(data), path);
  return path;
}

/** The path of external data. */
export function pathOf(data: ExternalVectors): string {
  if (!data.available) throw new Error(data.reason);
  return data.path;
}
