// What `create` of a key file may return. A content that is refused leaves no file, no lock and no live key.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { expectUncloneable, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { KeyFile } from '../../src/index.js';
import { fileName } from '../support/files.js';
import { toyAlgorithm, type ToyKey } from '../support/toy-key.js';

const toy = toyAlgorithm(MLockedBytes);

const RESULT = 'the result of options.create';

test.each<[string, (key: ToyKey) => unknown, string, holds?: boolean]>([
  [
    'a promise',
    (key) => Promise.resolve({ key }),
    `${RESULT}: expected { key, publicBytes } at once, and no promise of it, received an object (Promise)`,
  ],
  [
    'the key itself',
    (key) => key,
    `${RESULT}: expected { key }, and not the key itself, received an object (Object)`,
  ],
  [
    'a misspelt name',
    (key) => ({ key, publicByte: new Uint8Array(1) }),
    `${RESULT}.publicByte: did you mean publicBytes?`,
  ],
  [
    'nothing',
    () => undefined,
    `${RESULT}: expected { key, publicBytes }, received undefined`,
    false,
  ],
  ['null', () => null, `${RESULT}: expected { key, publicBytes }, received null`, false],
  [
    'no key',
    () => ({}),
    `${RESULT}.key: expected an object with a method directSerialise, received undefined`,
    false,
  ],
])('create that returns %s is told so', async (_, content, message, holdsKey = true) => {
  const path = fileName();
  const key = toy.generate(1);
  const create = () => wrongly(content(key));
  await expect(KeyFile.open(path, toy, { create })).rejects.toMatchObject({ message });
  expect(readdirSync(dirname(path))).toEqual([]);
  expect(key.released).toBe(holdsKey);
  key.release();
  await (await KeyFile.open(path, toy, { create: () => ({ key: toy.generate(2) }) })).close();
});

test('a key file is not cloned to an empty object', async () => {
  const create = () => ({ key: toy.generate(1) });
  await using file = await KeyFile.open(fileName(), toy, { create });
  expectUncloneable(file);
});

test('create that rejects leaves no unhandled rejection', async () => {
  const create = () => wrongly(Promise.reject(new Error('of the application')));
  await expect(KeyFile.open(fileName(), toy, { create })).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
  });
});
