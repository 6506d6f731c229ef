/** Evolving one key file costs no other key, whatever name it has. */
import { linkSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';
import { makeKey, makeOtherKey } from './support/test-key.js';

const otherKey = new URL('support/other-key.mjs', import.meta.url).href;

it('leaves another key alone that takes the name of the file meanwhile', async () => {
  const [path, other] = [inFolder('kes.skey'), inFolder('other.skey')];
  makeKey(path);
  makeOtherKey(other);
  const text = readFileSync(other, 'utf8');
  const { code, stdout, stderr } = await kes(['evolve', path, '--to', '5', '--leave-node'], {
    node: ['--import', otherKey],
    environment: { KES_TEST_KEY: path, KES_TEST_OTHER: other },
  });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toBe(
    `kes: error: ${path}: it was changed, or replaced by another file, in the meantime: try again\n`,
  );
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(inFolder())).toEqual(['kes.skey']);
});

it('evolves no file of two names, by either of them', async () => {
  const names = [inFolder('kes.skey'), inFolder('twin.skey')] as const;
  makeKey(names[0]);
  linkSync(...names);
  const before = readFileSync(names[0], 'utf8');
  for (const name of names) {
    const { code, stdout, stderr } = await kes(['evolve', name, '--to', '5', '--leave-node']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/more than one name \(hard links\).*remove them\n$/);
  }
  for (const name of names) expect(readFileSync(name, 'utf8')).toBe(before);
  expect(readdirSync(inFolder()).sort()).toEqual(['kes.skey', 'twin.skey']);
});
