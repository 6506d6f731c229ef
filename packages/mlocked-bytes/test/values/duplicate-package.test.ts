import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { copyPackageAsVersion } from '@evolock/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importing, printedBy } from '../support/child.js';

const ours = fileURLToPath(new URL('../..', import.meta.url));
const modules = new URL('../../../../node_modules', import.meta.url);
const THEIR_VERSION = '99.0.0';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-copy-'));
  copyPackageAsVersion(ours, folder, THEIR_VERSION);
  symlinkSync(fileURLToPath(modules), join(folder, 'node_modules'), 'junction');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a script with two copies of the package: `locked` and `other`. */
function withTwo(script: string): unknown {
  const copy = pathToFileURL(join(folder, 'dist', 'index.js')).href;
  return printedBy(`
    ${importing}
    const other = await import(${JSON.stringify(copy)});
    const ours = locked.MLockedBytes.newZeroed(32);
    const theirs = other.MLockedBytes.newZeroed(32);
    const refusal = (use) => {
      try {
        use();
        return 'accepted';
      } catch ({ code, name, message }) {
        return { code, name, message };
      }
    };
    ${script}
  `);
}

const duplicate = {
  code: 'ERR_EVOLOCK_DUPLICATE_PACKAGE',
  name: 'DuplicatePackageError',
  message: expect.stringMatching(/99\.0\.0.*npm dedupe/) as string,
};

test('bytes of another copy of the package are refused by name', () => {
  const printed = withTwo(`
    print([
      refusal(() => ours.copyFrom(theirs)),
      refusal(() => ours.equals(theirs)),
      refusal(() => locked.checkLocked('bytes', theirs, locked.MLockedBytes, 'locked bytes')),
      refusal(() => other.checkLocked('bytes', ours, other.MLockedBytes, 'locked bytes')),
    ]);
  `);
  expect(printed).toMatchObject(Array(4).fill({ ...duplicate, message: expect.any(String) }));
  expect((printed as object[]).slice(0, 3)).toMatchObject(Array(3).fill(duplicate));
});

test('the allocator of another copy is refused', () => {
  const printed = withTwo(`
    const before = other.pooledAllocator.usage().liveSlots;
    const options = { allocator: other.pooledAllocator };
    const result = refusal(() => locked.MLockedBytes.newZeroed(32, options));
    print([result.code, other.pooledAllocator.usage().liveSlots - before]);
  `);
  expect(printed).toEqual(['ERR_EVOLOCK_ARGUMENT_TYPE', 0]);
});

test('two copies of the package work side by side', () => {
  const printed = withTwo(`
    const values = [locked, other].map(({ MLockedBytes }) => MLockedBytes.fromBytes(Buffer.alloc(32, 7)));
    const clones = values.map((value) => value.clone());
    print(clones.map((clone, index) => clone.equals(values[index])));
  `);
  expect(printed).toEqual([true, true]);
});
