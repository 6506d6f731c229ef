import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { given } from '../../src/check/input.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const filled = (size: number) => new Uint8Array(size).fill(0x9a);

/** A CBOR byte string, as an envelope contains a key. */
function byteString(size: number): Uint8Array {
  const head = size < 256 ? [0x58, size] : [0x59, size >> 8, size & 0xff];
  return Uint8Array.of(...head, ...filled(size));
}

function envelope(type: string, size: number): string {
  return JSON.stringify({ type, description: '', cborHex: hex(byteString(size)) });
}

describe('a signing key is recognised', () => {
  test.each([
    ['KesSigningKey_ed25519_kes_2^6', 608],
    ['EvolockKesSigningKey_ed25519_kes_2^6', 608],
    ['KesSigningKey_ed25519_kes_2^7', 704],
    ['StakePoolSigningKey_ed25519', 32],
    ['StakePoolExtendedSigningKey_ed25519_bip32', 128],
    ['VrfSigningKey_PraosVRF', 64],
    ['PaymentSigningKeyShelley_ed25519', 32],
    ['GenesisUTxOSigningKey_ed25519', 32],
    ['a type that does not exist', 32],
  ])('in an envelope of the type %s', (type, size) => {
    const text = envelope(type, size);
    expect(given(text)).toEqual({ kind: 'secret' });
    expect(given(` \n${text}`)).toEqual({ kind: 'secret' });
    expect(given(new TextEncoder().encode(text))).toEqual({ kind: 'secret' });
  });

  test('in an envelope that is cut off', () => {
    const text = envelope('KesSigningKey_ed25519_kes_2^6', 608);
    expect(given(text.slice(0, 200))).toEqual({ kind: 'secret' });
  });

  test.each([32, 64, 96, 128, 608, 612, 704, 708])('by its size, %i bytes', (size) => {
    expect(given(filled(size))).toEqual({ kind: 'secret' });
    expect(given(byteString(size))).toEqual({ kind: 'secret' });
    expect(given(hex(filled(size)))).toEqual({ kind: 'secret' });
    expect(given(`0x${hex(byteString(size))}\n`)).toEqual({ kind: 'secret' });
    expect(given(hex(byteString(size)).replace(/.{64}/g, '$&\n'))).toEqual({ kind: 'secret' });
  });

  test.each([32, 64, 608])('with a digit too few or too many, %i bytes', (size) => {
    for (const digits of [hex(filled(size)), hex(byteString(size))]) {
      expect(given(digits.slice(1))).toEqual({ kind: 'secret' });
      expect(given(digits.slice(0, -1))).toEqual({ kind: 'secret' });
      expect(given(`${digits}a`)).toEqual({ kind: 'secret' });
    }
  });

  test.each([
    'ed25519_sk1qzwttx4g7r2',
    'ed25519e_sk1qzwttx4g7r2',
    'kes_sk1qzwttx4g7r2',
    'acct_xsk1qzwttx4g7r2',
    'xprv1qzwttx4g7r2',
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw',
    'abandon '.repeat(23) + 'about',
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
  ])('in another notation: %s', (text) => {
    expect(given(text)).toEqual({ kind: 'secret' });
  });
});

describe('public input is no signing key', () => {
  const example = (name: string) =>
    readFileSync(new URL(`../../pages/public/examples/${name}`, import.meta.url));

  test('a certificate, in its envelope and as CBOR', () => {
    const text = example('certificate.json').toString();
    expect(given(text)).toMatchObject({ kind: 'envelope' });
    const { cborHex } = JSON.parse(text) as { cborHex: string };
    expect(given(cborHex)).toMatchObject({ kind: 'cbor' });
  });

  test('a verification key in its envelope', () => {
    const text = envelope('KesVerificationKey_ed25519_kes_2^6', 32);
    expect(given(text)).toMatchObject({ kind: 'envelope' });
  });

  test('headers and chunks', () => {
    expect(given(example('mainnet-conway.hex').toString())).toMatchObject({ kind: 'cbor' });
    expect(given(example('mainnet-conway.hex'))).toMatchObject({ kind: 'cbor' });
    expect(given(example('preview.chunk'))).toMatchObject({ kind: 'cbor' });
  });
});

describe('other input gets a sentence', () => {
  test.each([
    ['', { kind: 'nothing' }],
    [' \n', { kind: 'nothing' }],
    ['82a', { kind: 'unreadable', sentence: expect.stringContaining('odd number') }],
    ['hello', { kind: 'unreadable', sentence: expect.stringContaining('neither') }],
    [
      Uint8Array.of(0x1f, 0x8b, 8),
      { kind: 'unreadable', sentence: expect.stringContaining('gunzip') },
    ],
  ])('%j', (input, expected) => {
    expect(given(input)).toEqual(expected);
  });
});
