import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

let current = '';

beforeEach(() => {
  current = mkdtempSync(join(tmpdir(), 'evolock-cli-'));
});

afterEach(() => {
  rmSync(current, { recursive: true, force: true });
});

/** The folder of the current test, or a path in it. The folder is removed after the test. */
export function inFolder(...names: readonly string[]): string {
  return join(current, ...names);
}
