import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printedBy } from '../support/child.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-preload-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

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

test('without sodium-native the import fails with a code, the platforms and the cause', () => {
  const unavailable = {
    code: 'ERR_EVOLOCK_SODIUM_UNAVAILABLE',
    name: 'SodiumUnavailableError',
    message: expect.stringContaining(`${process.platform}-${process.arch}`) as string,
    cause: 'no prebuild for this platform',
  };
  expect(importWith(`throw new Error('no prebuild for this platform');`)).toEqual([
    unavailable,
    unavailable,
  ]);
});

test('the message contains the whole chain of causes, with the message of the dynamic linker', () => {
  const [{ message }] = importWith(
    `throw new Error('Cannot load addon', { cause: new Error('GLIBC_2.33 not found') });`,
  ) as [{ message: string }];
  expect(message).toContain('Cannot load addon: GLIBC_2.33 not found');
});

test('a sodium-native without the needed functions is reported like a missing one', () => {
  const unavailable = {
    code: 'ERR_EVOLOCK_SODIUM_UNAVAILABLE',
    cause: expect.stringContaining('not a function') as string,
  };
  expect(importWith('return {};')).toMatchObject([unavailable, unavailable]);
});

test('an empty preload does not affect the import', () => {
  expect(importWith('')).toEqual(['imported', 'imported']);
});
