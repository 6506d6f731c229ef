/** Keys: pictures and words of all periods, erased bytes, and keys as arguments, which may be secret. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { bech32 } from '@scure/base';
import { beforeEach, describe, expect, test } from 'vitest';
import { plain } from '@evolock/command-line/text';
import {
  lifeInWords,
  lifeOf,
  remainingInWords,
  treePicture,
} from '../src/keys/signing-key-file.js';
import { envelopeIn, envelopeText, makePool } from './support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes } from './support/kes.js';

const run = (...args: readonly string[]) => kes(args, { cwd: inFolder() });

describe('the picture of a tree', () => {
  test('of depth 3 at period 2', () => {
    expect(treePicture(3, 2, plain)).toEqual([
      '┏━━━━━━┓', // the root
      '┏━━┓┌──┐', // the seed of the right half is stored
      '··┏┓', // the first two periods are used
      '··●○○○○○',
    ]);
  });

  test('at the first and at the last period', () => {
    expect(treePicture(2, 0, plain)).toEqual(['┏━━┓', '┏┓┌┐', '●○○○']);
    expect(treePicture(2, 3, plain)).toEqual(['┏━━┓', '··┏┓', '···●']);
  });

  test('has one current leaf, the used leaves before it, and at most 64 columns', () => {
    for (const depth of [6, 7]) {
      for (let period = 0; period < 2 ** depth; period += 1) {
        const picture = treePicture(depth, period, plain);
        const used = Math.floor(period / (2 ** depth / 64));
        expect(picture.at(-1)).toBe(`${'·'.repeat(used)}●${'○'.repeat(63 - used)}`);
        for (const line of picture) expect(line.length).toBeLessThanOrEqual(64);
      }
    }
  });
});

test.each([
  [0, '0 of 0–63 (none used, 1–63 left)', '63 periods after this one'],
  [1, '1 of 0–63 (0 used, 2–63 left)', '62 periods after this one'],
  [62, '62 of 0–63 (0–61 used, 63 left)', '1 period after this one'],
  [63, '63 of 0–63 (0–62 used, none left)', 'none: this is the last period'],
])('the periods of a key in words at period %i', (period, life, remaining) => {
  expect(lifeInWords(lifeOf(period, 64))).toBe(life);
  expect(remainingInWords(lifeOf(period, 64))).toBe(remaining);
});

test('kes erase overwrites the bytes of the file', async () => {
  makePool(inFolder());
  const fd = openSync(inFolder('kes.skey'), 'r');
  try {
    const line = 'erase kes.skey --cert node.cert --force --network mainnet';
    expect(await run(...line.split(' '))).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(fd).every((byte) => byte === 0)).toBe(true);
  } finally {
    closeSync(fd);
  }
});

const ISSUE = 'opcert issue --unchecked --start-period 5 --counter cold.counter'.split(' ');

function issue(kesVkey: string, coldSkey = 'cold.skey') {
  return run(...ISSUE, '--kes-vkey', kesVkey, '--cold-skey', coldSkey, '--out', 'new.cert');
}

describe('a key on the command line', () => {
  beforeEach(() => makePool(inFolder()));

  test('is taken in hexadecimal digits and in bech32', async () => {
    const digits = envelopeIn(inFolder('kes.vkey')).cborHex.slice(4);
    const text = bech32.encodeFromBytes('kes_vk', Buffer.from(digits, 'hex'));
    for (const each of [digits, digits.toUpperCase(), text]) {
      expect(await issue(each)).toMatchObject({ code: 0, stderr: '' });
      rmSync(inFolder('new.cert'));
    }
    const cold = envelopeIn(inFolder('cold.vkey')).cborHex.slice(4);
    for (const each of [cold, bech32.encodeFromBytes('pool_vk', Buffer.from(cold, 'hex'))]) {
      const made = await run('counter', 'new', '--cold-vkey', each, '--out', 'new.counter');
      expect(made).toMatchObject({ code: 0, stderr: '' });
      rmSync(inFolder('new.counter'));
    }
  });

  test('that is a signing key is never printed, and makes no file', async () => {
    const before = readdirSync(inFolder());
    // Public bytes that stand for a key.
    const words = bech32.toWords(new Uint8Array(32).fill(0xa7));
    const texts = ['pool_sk', 'pool_xsk', 'kes_sk', 'ed25519_sk'].map((prefix) =>
      bech32.encode(prefix, words, false),
    );
    for (const text of [...texts, ...texts.map((each) => `${each.slice(0, -1)}b`)]) {
      for (const { code, stdout, stderr } of [
        await issue(text),
        await issue('kes.vkey', text),
        await run('vkey', text),
        await run('counter', 'new', '--cold-vkey', text, '--out', 'new.counter'),
        await run('erase', 'kes.skey', '--vkey', text),
      ]) {
        expect(code).not.toBe(0);
        expect(stdout + stderr).not.toContain(text.slice(10, 20));
        expect(stderr).toMatch(/^kes: error: [^\n]+\n$/m);
      }
    }
    expect(readdirSync(inFolder())).toEqual(before);
  });

  test('that is an extended verification key is named, also in a file', async () => {
    const type = 'StakePoolExtendedVerificationKey_ed25519_bip32';
    const text = bech32.encode('pool_xvk', bech32.toWords(new Uint8Array(64).fill(0xa7)), false);
    writeFileSync(inFolder('x.vkey'), envelopeText(type, `5840${'a7'.repeat(64)}`));
    for (const args of [
      ['inspect', 'x.vkey'],
      ['counter', 'new', '--out', 'x.counter', '--cold-vkey', 'x.vkey'],
      ['counter', 'new', '--out', 'x.counter', '--cold-vkey', text],
    ]) {
      const { code, stderr } = await run(...args);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /(?:x\.vkey|--cold-vkey): .*extended \(BIP32\) verification key: make the plain one .* with cardano-cli key/,
      );
      expect(stderr).not.toContain('a7a7');
    }
    expect(existsSync(inFolder('x.counter'))).toBe(false);
    // kes does not use the plain keys of other owners either.
    const other = 'PaymentExtendedVerificationKeyShelley_ed25519_bip32';
    writeFileSync(inFolder('p.vkey'), envelopeText(other, `5840${'a7'.repeat(64)}`));
    const { stderr } = await run('inspect', 'p.vkey');
    expect(stderr).toMatch(/p\.vkey: kes does not know its type, PaymentExtended/);
  });
});
