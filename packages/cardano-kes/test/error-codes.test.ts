import { readdirSync, readFileSync } from 'node:fs';
import { errorOf, wrongly } from '@evolock/test-support';
import { expect, expectTypeOf, test } from 'vitest';
import {
  isCardanoKesError,
  readCounter,
  slot,
  type CardanoKesErrorCode,
  type EnvelopeError,
  type FileError,
} from '../src/index.js';

/** The codes of the error classes in a folder of sources. */
function codesIn(folder: string): string[] {
  const place = new URL(folder, import.meta.url);
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(new URL(name, place), 'utf8');
      return [...text.matchAll(/readonly code = '(ERR_EVOLOCK_\w+)'/g)].map(([, code]) => code!);
    });
}

test('the guard recognises the codes of this package and of the packages below', () => {
  const below = ['kes-sum/src', 'kes-single/src', 'mlocked-bytes/src'];
  const folders = ['../src/', ...below.map((folder) => `../../${folder}/`)];
  const codes = folders.flatMap(codesIn);
  expect(codes.length).toBeGreaterThan(5);
  for (const code of codes)
    expect(isCardanoKesError(Object.assign(new Error(code), { code })), code).toBe(true);
});

test('the guard recognises errors by their code', () => {
  expect(isCardanoKesError(errorOf(() => readCounter('no-such.counter')))).toBe(true);
  expect(isCardanoKesError(errorOf(() => slot(wrongly('7'))))).toBe(true);
  for (const other of [new Error('another'), { code: 'ERR_EVOLOCK_IO_FILE' }, undefined, null, 7])
    expect(isCardanoKesError(other)).toBe(false);
  expect(isCardanoKesError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false);
});

test('the union contains codes only', () => {
  expectTypeOf<FileError['code'] | EnvelopeError['code']>().toExtend<CardanoKesErrorCode>();
  expectTypeOf<'ERR_EVOLOCK_CARDANO_FILE'>().not.toExtend<CardanoKesErrorCode>();
  expectTypeOf<string>().not.toExtend<CardanoKesErrorCode>();
});
