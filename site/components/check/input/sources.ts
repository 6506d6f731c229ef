/** Reads the files of a visitor and of an example. What cannot be read is a sentence for the visitor. */
import { withBase } from 'vitepress';
import type { Example } from '../../../src/check/examples.js';
import { LARGEST, TOO_LARGE } from '../../../src/check/input/input.js';
import type { GivenFile } from '../../../src/check/input/log-files.js';

const NO_FILE = 'The file cannot be read. A folder cannot be checked here.';
const NO_EXAMPLE = 'The example could not be loaded. Reload the page, and try again.';

export async function readFiles(chosen: readonly File[]): Promise<readonly GivenFile[] | string> {
  if (chosen.reduce((sum, { size }) => sum + size, 0) > LARGEST) return TOO_LARGE;
  const all: GivenFile[] = [];
  for (const file of chosen) {
    const bytes = await bytesOf(file);
    if (bytes === undefined) return NO_FILE;
    all.push({ name: file.name, bytes });
  }
  return all;
}

/** Loads the files of an example, the first one with its change. */
export async function loadExample(example: Example): Promise<readonly GivenFile[] | string> {
  const all: GivenFile[] = [];
  for (const name of example.files) {
    const answer = await fetch(withBase(`/examples/${name}`)).catch(() => undefined);
    const bytes = answer?.ok ? await bytesOf(answer) : undefined;
    if (bytes === undefined) return NO_EXAMPLE;
    all.push({ name, bytes: all.length === 0 ? changed(bytes, example) : bytes });
  }
  return all;
}

function changed(bytes: Uint8Array, { change }: Example): Uint8Array {
  if (change === undefined) return bytes;
  return new TextEncoder().encode(change(new TextDecoder().decode(bytes)));
}

/** The content of a file or of an answer; `undefined` when it cannot be read. */
async function bytesOf(source: File | Response): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch {
    return undefined;
  }
}
