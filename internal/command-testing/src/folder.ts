import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

let current: string | undefined;

/** The folder of the current test, or a path in it. The first call makes the folder. It is removed after the test. */
export function inFolder(...names: readonly string[]): string {
  current ??= newFolder();
  return join(current, ...names);
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-cli-'));
  onTestFinished(() => {
    current = undefined;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
