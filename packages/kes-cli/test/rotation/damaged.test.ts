/** Damaged files of a rotation: one line that names the file, and nothing is changed. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';
import { HERE, makePool, NETWORK, NEW, NOW, OLD, rotate } from '../support/rotation.js';

beforeEach(makePool);

function contents(): [name: string, content: string][] {
  return readdirSync(inFolder()).map((name) => [name, readFileSync(inFolder(name), 'hex')]);
}

const damages: [what: string, damage: (path: string) => void][] = [
  ['empty', (path) => writeFileSync(path, '')],
  ['cut off', (path) => truncateSync(path, 40)],
  ['of other bytes', (path) => writeFileSync(path, new Uint8Array(100).fill(0xff))],
  ['JSON of another kind', (path) => writeFileSync(path, '[{}]\n')],
];

test.each([
  ['node.cert', []],
  ['kes.skey', []],
  ['cold.skey', HERE],
  ['cold.counter', HERE],
  ['kes-1080.skey', []],
  ['kes-1080.vkey', []],
  ['kes-1080.request', []],
  ['node-1080.cert', HERE],
  ['node-1080.cert', ['--finish', ...NEW]],
  ['kes-1080.skey', ['--finish', ...NEW]],
  ['kes.skey', ['--finish', ...NEW]],
  ['node.cert', ['--finish', ...NEW]],
] as const)('a damaged %s is named, and nothing is changed: %s', async (name, more) => {
  const isNew = name.includes('1080');
  if (isNew || more[0] === '--finish') await rotate(...(more.length === 0 ? [] : HERE));
  const good = readFileSync(inFolder(name));
  for (const [what, damage] of damages) {
    damage(inFolder(name));
    const before = contents();
    const { code, stdout, stderr } = await kes(['rotate', ...OLD, ...NETWORK, ...more], {
      cwd: inFolder(),
      now: NOW,
    });
    expect(code, what).not.toBe(0);
    expect(stdout, what).toBe('');
    expect(stderr, what).toMatch(new RegExp(`^kes: error: ${name.replace('.', '\\.')}: .*\n$`));
    expect(contents(), what).toEqual(before);
    writeFileSync(inFolder(name), good);
  }
});

test.each(['kes-1080.vkey', 'kes-1080.request', 'node-1080.cert'])(
  'a file of another rotation, %s, is refused before a key is made',
  async (name) => {
    writeFileSync(inFolder(name), 'something');
    const before = contents();
    expect((await rotate(...HERE)).code).toBe(2);
    expect(contents()).toEqual(before);
  },
);
