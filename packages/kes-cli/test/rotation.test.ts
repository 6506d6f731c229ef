/** A rotation with damaged files, and with files of other users. */
import fs, { chownSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { makeOtherKey, makePool } from './support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes } from './support/kes.js';

/** KES period 1080 of mainnet. */
const NOW = new Date('2024-11-15T00:00:00Z');

const ROTATE = 'rotate --cert node.cert --skey kes.skey --network mainnet';
const HERE = ' --cold-skey-here cold.skey --counter cold.counter';
const END = ' --finish --new-cert node-1080.cert --new-skey kes-1080.skey';

beforeEach(() => makePool(inFolder()));

function run(line: string) {
  return kes(line.split(' '), { cwd: inFolder(), now: NOW });
}

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
  ['node.cert', ''],
  ['kes.skey', ''],
  ['cold.skey', HERE],
  ['cold.counter', HERE],
  ['kes-1080.skey', ''],
  ['kes-1080.vkey', ''],
  ['kes-1080.request', ''],
  ['node-1080.cert', HERE],
  ['node-1080.cert', END],
  ['kes-1080.skey', END],
  ['kes.skey', END],
  ['node.cert', END],
])('a damaged %s is named, and nothing is changed: %s', async (name, more) => {
  if (name.includes('1080') || more === END) await run(ROTATE + (more === '' ? '' : HERE));
  const good = readFileSync(inFolder(name));
  for (const [what, damage] of damages) {
    damage(inFolder(name));
    const before = contents();
    const { code, stdout, stderr } = await run(ROTATE + more);
    expect({ what, failed: code > 0, stdout }).toEqual({ what, failed: true, stdout: '' });
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
    expect((await run(ROTATE + HERE)).code).toBe(2);
    expect(contents()).toEqual(before);
  },
);

test('warns when the new key belongs to another user than the old one', async () => {
  const user = vi.spyOn(process, 'geteuid').mockReturnValue((process.geteuid?.() ?? 0) + 1);
  const { code, stderr } = await run(ROTATE);
  user.mockRestore();
  expect(code).toBe(0);
  expect(stderr).toMatch(/kes\.skey belongs to another user than kes-1080\.skey .* \(chown\)\n$/);
  expect(await run(ROTATE)).toMatchObject({ code: 0, stderr: '' });
});

const whyNot = process.geteuid?.() === 0 ? '' : ' (skipped: only root makes files of another user)';
test.skipIf(whyNot !== '')(`certifies no key of another user${whyNot}`, async () => {
  makeOtherKey(inFolder('kes-1080.skey'));
  chownSync(inFolder('kes-1080.skey'), 65_534, 65_534);
  const before = contents();
  for (const more of ['', HERE]) {
    const { code, stderr } = await run(ROTATE + more);
    expect(code).toBe(2);
    expect(stderr).toMatch(/kes-1080\.skey: .* belongs to user 65534, not to 0/);
  }
  expect(contents()).toEqual(before);
  // Other names are the way out where the file cannot be moved away.
  expect((await run(`${ROTATE} --name 1080b`)).code).toBe(0);
});

test.skipIf(whyNot !== '')(
  `certifies no key that belongs to another user when it is opened${whyNot}`,
  async () => {
    makeOtherKey(inFolder('kes-1080.skey'));
    const before = contents();
    // The owner changes between a look at the name and the opening of the file.
    const { openSync } = fs;
    const open = vi.spyOn(fs, 'openSync').mockImplementation((path, ...more) => {
      if (String(path).endsWith('kes-1080.skey')) chownSync(path, 65_534, 65_534);
      return openSync(path, ...more);
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      open.mockRestore();
      syncBuiltinESMExports();
    });
    const { code, stderr } = await run(ROTATE);
    expect(code).toBe(2);
    expect(stderr).toMatch(/kes-1080\.skey: .* belongs to user 65534, not to 0/);
    expect(contents()).toEqual(before);
  },
);
