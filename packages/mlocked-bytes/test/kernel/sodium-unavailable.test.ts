import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { printedBy } from '../support/child.js';

const folder = mkdtempSync(join(tmpdir(), 'evolock-preload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const importAndTell = `
  const tell = async (entry) => {
    try {
      await import(build + entry);
      return 'imported';
    } catch ({ code, name, message, cause }) {
      return { code, name, message, cause: cause?.message };
    }
  };
  print([await tell('index.js'), await tell('unsound.js')]);
`;

/** Imports the package while \`require('sodium-native')\` does something else. */
function importWith(replacement: string): unknown {
  const preload = join(folder, 'preload.cjs');
  writeFileSync(
    preload,
    `const Module = require('node:module');
     const load = Module._load;
     Module._load = function (request, ...rest) {
       if (request === 'sodium-native') { ${replacement} }
       return load.call(this, request, ...rest);
     };`,
  );
  return printedBy(importAndTell, { nodeArguments: ['--require', preload] });
}

const code = 'ERR_EVOLOCK_SODIUM_UNAVAILABLE';

test('without sodium-native the import fails with a code, the platform and the whole chain of causes', () => {
  const unavailable = {
    code,
    name: 'SodiumUnavailableError',
    message: expect.stringContaining(`${process.platform}-${process.arch}`) as string,
    cause: 'Cannot load addon',
  };
  // The last one is the message of the dynamic linker.
  const failure = `new Error('Cannot load addon', { cause: new Error('GLIBC_2.33 not found') })`;
  const told = importWith(`throw ${failure};`) as [{ message: string }];
  expect(told).toEqual([unavailable, unavailable]);
  expect(told[0].message).toContain('Cannot load addon: GLIBC_2.33 not found');
});

test('a sodium-native without the needed functions is reported like a missing one', () => {
  const unavailable = { code, cause: expect.stringContaining('not a function') as string };
  expect(importWith('return {};')).toMatchObject([unavailable, unavailable]);
  // The preload alone does not affect the import.
  expect(importWith('')).toEqual(['imported', 'imported']);
});
