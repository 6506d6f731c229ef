/** Verification keys as arguments: hexadecimal digits and bech32. A signing key there is refused and never printed. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseColdVerificationKey, writeKesVerificationKey } from '@evolock/cardano-kes';
import { bech32 } from '@scure/base';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  envelopeText,
  extendedColdKey,
  makeColdKey,
  makeKey,
  writeExtendedColdKey,
} from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';

let kesKey: Uint8Array;
let coldKey: Uint8Array;

beforeEach(async () => {
  makeColdKey(inFolder());
  kesKey = makeKey(inFolder('kes.skey'));
  writeKesVerificationKey(inFolder('kes.vkey'), kesKey);
  coldKey = parseColdVerificationKey(readFileSync(inFolder('cold.vkey'))).verificationKey;
  expect((await issue(inFolder('kes.vkey'), 'node.cert')).code).toBe(0);
});

function issue(kesVkey: string, out: string, coldSkey = inFolder('cold.skey')) {
  return kes([
    ...['opcert', 'issue', '--kes-vkey', kesVkey, '--cold-skey', coldSkey],
    ...[
      '--counter',
      inFolder('cold.counter'),
      '--unchecked',
      '--start-period',
      '5',
      '--out',
      inFolder(out),
    ],
  ]);
}

function verify(...more: readonly string[]) {
  return kes(['inspect', inFolder('node.cert'), ...more]);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('a verification key on the command line', () => {
  test('is taken in hexadecimal digits and in bech32', async () => {
    const kesTexts = [
      hex(kesKey),
      hex(kesKey).toUpperCase(),
      bech32.encodeFromBytes('kes_vk', kesKey),
    ];
    for (const [index, text] of kesTexts.entries()) {
      expect(await issue(text, `${index}.cert`)).toMatchObject({ code: 0, stderr: '' });
      expect((await verify('--kes-vkey', text)).code).toBe(0);
    }
    for (const text of [hex(coldKey), bech32.encodeFromBytes('pool_vk', coldKey)])
      expect((await verify('--cold-vkey', text)).code).toBe(0);
    expect((await verify('--cold-vkey', hex(kesKey))).code).toBe(1);
  });

  test.each([
    ['a digit less', () => hex(coldKey).slice(1) + hex(coldKey), /--cold-vkey: .*length/],
    [
      'of the KES key',
      () => bech32.encodeFromBytes('kes_vk', coldKey),
      /kes_vk instead of pool_vk/,
    ],
    [
      'the identity of a pool',
      () => bech32.encodeFromBytes('pool', coldKey.slice(4)),
      /identity of a pool/,
    ],
    [
      'with a wrong character',
      () =>
        bech32
          .encodeFromBytes('pool_vk', coldKey)
          .replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')),
      /--cold-vkey: its bech32 text is damaged/,
    ],
  ])('is refused in one line: %s', async (_what, text, says) => {
    const { code, stdout, stderr } = await verify('--cold-vkey', text());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });
});

describe('a signing key on the command line', () => {
  // Public bytes that stand for a key.
  const secret = new Uint8Array(32).fill(0xa7);
  const texts = ['pool_sk', 'pool_xsk', 'kes_sk', 'ed25519_sk'].map((prefix) =>
    bech32.encode(prefix, bech32.toWords(secret), false),
  );

  test('is never printed, and makes no file', async () => {
    const before = readdirSync(inFolder());
    for (const text of [...texts, ...texts.map((each) => `${each.slice(0, -1)}b`)]) {
      for (const { code, stdout, stderr } of [
        await verify('--cold-vkey', text),
        await verify('--kes-vkey', text),
        await issue(text, 'new.cert'),
        await issue(inFolder('kes.vkey'), 'new.cert', text),
        await kes(['vkey', text]),
        await kes(['counter', 'new', '--cold-vkey', text, '--out', inFolder('new.counter')]),
      ]) {
        expect(code).not.toBe(0);
        expect(stdout + stderr).not.toContain(text.slice(10, 20));
        expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
      }
    }
    expect(readdirSync(inFolder())).toEqual(before);
  });
});

describe('an extended cold key', () => {
  test('issues a certificate, which its verification key verifies', async () => {
    const { verificationKey } = extendedColdKey();
    writeExtendedColdKey(inFolder('x.skey'));
    const described = await kes(['inspect', inFolder('x.skey'), '--json']);
    expect(JSON.parse(described.stdout)).toMatchObject({ coldVerificationKey: verificationKey });
    const { stdout } = await kes(['inspect', inFolder('x.skey')]);
    expect(stdout).toContain('x.skey: extended (BIP32) cold signing key\n');
    rmSync(inFolder('cold.counter'));
    const counter = ['--cold-vkey', verificationKey, '--out', inFolder('cold.counter')];
    expect((await kes(['counter', 'new', ...counter])).code).toBe(0);
    expect(await issue(inFolder('kes.vkey'), 'x.cert', inFolder('x.skey'))).toMatchObject({
      code: 0,
    });
    const verified = ['inspect', inFolder('x.cert'), '--cold-vkey', verificationKey];
    expect((await kes(verified)).code).toBe(0);
  });

  test('that is damaged or cut off is refused, and takes no number', async () => {
    const { content } = extendedColdKey();
    const damaged = `00${content.slice(2)}`;
    for (const wrong of [damaged, content.slice(0, 128), `${content}00`]) {
      writeExtendedColdKey(inFolder('x.skey'), wrong);
      const before = readFileSync(inFolder('cold.counter'));
      const { code, stderr } = await issue(inFolder('kes.vkey'), 'x.cert', inFolder('x.skey'));
      expect(code).toBe(1);
      expect(stderr).toMatch(/^kes: error: \S+x\.skey: .*\n$/);
      expect(stderr).not.toContain(content.slice(4, 12));
      expect(readFileSync(inFolder('cold.counter'))).toEqual(before);
    }
  });
});

test('an extended verification key is named by every command that is given one', async () => {
  const type = 'StakePoolExtendedVerificationKey_ed25519_bip32';
  const content = new Uint8Array(64).fill(0xa7);
  const text = bech32.encode('pool_xvk', bech32.toWords(content), false);
  writeFileSync(inFolder('x.vkey'), envelopeText(type, `5840${'a7'.repeat(64)}`));
  for (const args of [
    ['inspect', inFolder('x.vkey')],
    ['inspect', inFolder('node.cert'), '--cold-vkey', inFolder('x.vkey')],
    ['inspect', inFolder('node.cert'), '--cold-vkey', text],
    ['counter', 'new', '--cold-vkey', inFolder('x.vkey'), '--out', inFolder('x.counter')],
  ]) {
    const { code, stderr } = await kes(args);
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
  const { stderr } = await kes(['inspect', inFolder('p.vkey')]);
  expect(stderr).toMatch(/p\.vkey: kes does not know its type, PaymentExtended/);
});
