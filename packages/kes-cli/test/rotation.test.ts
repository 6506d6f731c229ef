/** A rotation and the issuing of its certificate: the tables that would be long as transcripts, damaged files, other users. */
import {
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readCounter } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { makeOtherKey, makePool } from './support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesJson } from './support/kes.js';

/** KES period 1080 of mainnet. */
const NOW = new Date('2024-11-15T00:00:00Z');

const ROTATE = 'rotate --cert node.cert --skey kes.skey --network mainnet';
const HERE = ' --cold-skey-here cold.skey --counter cold.counter';
const END = ' --finish --new-cert node-1080.cert --new-skey kes-1080.skey';
const ISSUE = 'opcert issue --cold-skey cold.skey --counter cold.counter';
const REQUEST = `${ISSUE} --request kes-1080.request --out node-1080.cert`;

beforeEach(() => makePool(inFolder()));

function run(line: string) {
  return kes(line.split(' '), { cwd: inFolder(), now: NOW });
}

async function succeeds(line: string): Promise<void> {
  expect(await run(line)).toMatchObject({ code: 0 });
}

const nextNumber = () => readCounter(inFolder('cold.counter')).next;

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
  'a file that is no rotation, %s, stays as it is',
  async (name) => {
    writeFileSync(inFolder(name), 'something');
    const { json } = await kesJson((ROTATE + HERE).split(' '), { cwd: inFolder(), now: NOW });
    expect(json.signingKeyFile).toBe('kes-1080b.skey');
    expect(readFileSync(inFolder(name), 'utf8')).toBe('something');
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
});

/** A certificate with a number of the test's choice, whatever is on chain. */
async function issueNumber(number: number, key: string, start: number, out: string) {
  await succeeds(`counter set cold.counter --next ${number} --force`);
  await succeeds(
    `${ISSUE} --kes-vkey ${key} --start-period ${start} --unchecked --out ${out} --force`,
  );
}

test.each([
  [0, 50, '0', false],
  [4, 5, '3', false],
  [4, 2, '1', true],
  [3, 4, '3', true],
  [3, 4, '4', true],
  [3, 4, '2', false],
  [3, 4, '5', false],
  [3, 4, 'none', false],
  [3, 3, '2', true],
  [0, 1, 'none', true],
])(
  'after number %i, the end for %i with %s on chain erases the old key: %s',
  async (inUse, made, onChain, erases) => {
    await issueNumber(inUse, 'kes.vkey', 1020, 'node.cert');
    await succeeds(ROTATE);
    await issueNumber(made, 'kes-1080.vkey', 1080, 'node-1080.cert');
    expect((await run(`${ROTATE}${END} --on-chain ${onChain}`)).code).toBe(erases ? 0 : 1);
    expect(existsSync(inFolder('kes.skey'))).toBe(!erases);
  },
);

describe('kes opcert issue', () => {
  test.each([
    // The certificate in use has 3, and the counter is at 4.
    ['1', '2'],
    ['none', '0'],
    ['2', '3'],
    ['3', '4'],
    ['7', '8'],
  ])('with %s on chain the way out ends in a certificate with %s', async (last, right) => {
    await succeeds(ROTATE);
    let ended = await run(`${REQUEST} --on-chain ${last}`);
    const [, ways = ''] = /Issue with \d+: (.*)\n$/.exec(ended.stderr) ?? [];
    for (const way of ways.split('; then issue again: ').filter((each) => each !== ''))
      ended = await run(way.replace('kes ', ''));
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(new RegExp(`sequence number +${right}\n`));
  });

  test.each([
    [1018, 'refused', /start period 1018: its certificate has ended, since it is KES period 1080/],
    [1019, 'warned', /61 of 62 periods of its certificate are over/],
    [1072, 'warned', /8 of 62 periods/],
    [1073, 'quiet', /^$/],
    [1080, 'quiet', /^$/],
    [1081, 'warned', /it begins in 1 KES period, and no node can use its certificate before/],
    [1087, 'warned', /it begins in 7 KES periods/],
    [1088, 'refused', /start period 1088: it begins in 8 KES periods/],
    [2233, 'refused', /it begins in 1153 KES periods/],
  ])('a start period of %i is %s', async (period, what, says) => {
    const line = `${ISSUE} --start-period ${period} --kes-vkey kes.vkey --network mainnet --out new.cert --on-chain 3`;
    const { code, stderr } = await run(line);
    expect(code).toBe(what === 'refused' ? 2 : 0);
    expect(stderr).toMatch(says);
    if (what !== 'refused') return;
    expect(stderr).toMatch(/clock of this machine.* 2024-11-15T00:00:00Z.*--force-period\n$/);
    expect(nextNumber()).toBe(4n);
    const { json } = await kesJson(`${line} --force-period`.split(' '), {
      cwd: inFolder(),
      now: NOW,
    });
    expect(json.warnings).toHaveLength(1);
  });

  test('shows network and current period before the number is taken', async () => {
    let before = -1n;
    const line = `${ISSUE} --start-period 1080 --kes-vkey kes.vkey --network mainnet --out new.cert`;
    await kes(line.split(' '), {
      cwd: inFolder(),
      now: NOW,
      onOutput: (part) => {
        if (part.includes('Issuing for mainnet')) before = nextNumber();
      },
    });
    expect([before, nextNumber()]).toEqual([4n, 5n]);
  });

  test('takes no number for a request that is damaged or another file', async () => {
    await succeeds(ROTATE);
    const request = inFolder('kes-1080.request');
    const refused = async (says: RegExp) => {
      const { code, stderr } = await run(REQUEST);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(says);
      expect(nextNumber()).toBe(4n);
      expect(existsSync(inFolder('node-1080.cert'))).toBe(false);
    };
    const text = readFileSync(request, 'utf8');
    for (const damaged of [
      text.slice(0, -10),
      '',
      'null',
      text.replace('CertificateRequest"', 'Request"'),
      text.replace('"startPeriod": "1080"', '"startPeriod": "-1"'),
      text.replace(/"kesVerificationKey": "../, '"kesVerificationKey": "'),
      text.replace(/"time": "[^"]*"/, '"time": "soon"'),
      text.replace(/"coldVerificationKey": "[^"]*",/, ''),
      // Another network needs the dates of its slots.
      text.replace('"name": "mainnet"', '"name": "own"').replace(/,\s*"anchor": {[^}]*}/, ''),
    ]) {
      expect(damaged).not.toBe(text);
      writeFileSync(request, damaged);
      await refused(/kes-1080\.request: it is not a certificate request/);
    }
    writeFileSync(request, text.replace('"version": 2', '"version": 1'));
    await refused(/a certificate request of another version, and this release reads version 2/);
    copyFileSync(inFolder('kes.skey'), request);
    await refused(/looks like the file of a signing key/);
  });
});
