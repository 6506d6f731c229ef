import { readdirSync, readFileSync } from 'node:fs';
import { errorOf } from '@evolock/test-support';
import { expect, expectTypeOf, test } from 'vitest';
import { isKesError, MLockedSeed, type KesErrorCode } from '../../src/index.js';

const packages = new URL('../../../', import.meta.url);
const below = ['direct-serialise', 'mlocked-bytes', 'mlocked-seed', 'dsign-ed25519', 'kes-single'];

/** The codes that the sources of a package give to errors. */
function codesIn(name: string): string[] {
  const folder = new URL(`${name}/src/`, packages);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      // The list itself and examples define no codes.
      const code = readFileSync(new URL(file, folder), 'utf8').replace(/^ *\*.*$/gm, '');
      return [
        ...code.matchAll(/code = '(\w+)'/g),
        ...code.matchAll(/'(ERR_EVOLOCK_ARGUMENT_\w+)'/g),
      ];
    })
    .map((match) => match[1]!);
}

function errorWith(code: string): Error {
  return Object.assign(new Error('a test'), { code });
}

test('isKesError accepts every error code of this package and of those below it', () => {
  const codes = new Set([...below, 'kes-sum'].flatMap(codesIn));
  expect(codes.size).toBeGreaterThan(15);
  expect([...codes].filter((code) => !isKesError(errorWith(code)))).toEqual([]);
});

test('isKesError is false for other errors', () => {
  for (const other of [
    undefined,
    null,
    { code: 'ERR_EVOLOCK_RELEASED' },
    new Error('a test'),
    errorWith('ENOENT'),
    errorWith('ERR_EVOLOCK_IO_FILE'),
  ]) {
    expect(isKesError(other)).toBe(false);
  }
});

test('the compiler narrows the code of a known error', () => {
  const error: unknown = errorOf(() => MLockedSeed.newRandom(8));
  expect(isKesError(error)).toBe(true);
  if (isKesError(error)) expectTypeOf(error.code).toEqualTypeOf<KesErrorCode>();
  expectTypeOf<'ERR_EVOLOCK_RELEASED'>().toExtend<KesErrorCode>();
});
