import { expect, test } from 'vitest';
import {
  ed25519Vectors,
  haskellKesVectors,
  kesCborVectors,
  kesKeyNegativeVectors,
  kesNegativeVectors,
  kesRustFormVectors,
  kesSignatureVectors,
  kesSigningKeyVectors,
  seedExpansionVectors,
} from '../src/index.js';
import { bytesToHex } from '../src/bytes.js';

/** Verification keys and signatures as RFC 8032 section 7.1 prints them. */
const RFC_8032 = [
  [
    'RFC 8032 section 7.1 test 1',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    'RFC 8032 section 7.1 test 2',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'RFC 8032 section 7.1 test 3',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

test.each(RFC_8032)('%s is as the RFC prints it', (name, verificationKey, signature) => {
  const vector = ed25519Vectors().positives.find((positive) => positive.name === name);
  expect(vector && bytesToHex(vector.verificationKey)).toBe(verificationKey);
  expect(vector && bytesToHex(vector.signature)).toBe(signature);
});

test('sizes are those of the formulas', () => {
  for (const { depth, totalPeriods, signingKeys, blockSizes } of kesSigningKeyVectors()) {
    expect(totalPeriods).toBe(2 ** depth);
    expect(signingKeys.map((key) => key.length)).toEqual(Array(2 ** depth).fill(32 + 96 * depth));
    expect(blockSizes).toEqual(Array(1 + 3 * depth).fill(32));
  }
  for (const { algorithm, depth, signatures } of kesSignatureVectors()) {
    const isCompact = algorithm === 'compactSum' || algorithm === 'compactSingle';
    const size = isCompact ? 96 + 32 * depth : 64 + 64 * depth;
    expect(signatures.map(({ signature }) => signature.length)).toEqual(
      Array(2 ** depth).fill(size),
    );
    expect(signatures.map(({ period }) => period)).toEqual([...signatures.keys()]);
  }
});

test('the vectors of the Haskell reference have every algorithm, depth and period, with two seeds', () => {
  const vectors = haskellKesVectors();
  const places = vectors.map(({ algorithm, depth }) => `${algorithm} ${depth}`);
  const own = kesSignatureVectors().map(({ algorithm, depth }) => `${algorithm} ${depth}`);
  expect(places.sort()).toEqual([...own, ...own].sort());
  for (const { depth, periods, signatureSize, signingKeySize } of vectors) {
    expect(periods.map(({ period }) => period)).toEqual([...Array(2 ** depth).keys()]);
    for (const { signature, signingKey } of periods) {
      expect(signature.length).toBe(signatureSize);
      if (signingKey !== undefined) expect(signingKey.length).toBe(signingKeySize);
    }
  }
});

test('no two negatives of a place have one reason', () => {
  const reasons = [
    ...ed25519Vectors().negatives.map(({ why }) => `Ed25519 ${why}`),
    ...kesNegativeVectors().map((one) => `${one.algorithm} ${one.depth} ${one.why}`),
    ...kesCborVectors().negatives.map(
      (one) => `CBOR ${one.algorithm} ${one.depth} ${one.subject} ${one.why}`,
    ),
    ...kesKeyNegativeVectors().map((one) => `key ${one.depth} ${one.period} ${one.why}`),
    ...kesRustFormVectors().negatives.map((one) => `Rust ${one.depth} ${one.why}`),
  ];
  expect(new Set(reasons).size).toBe(reasons.length);
});

test.each([
  ['sum', 0, '5840'],
  ['sum', 1, '5880'],
  ['sum', 3, '590100'],
  ['sum', 6, '5901c0'],
  ['sum', 7, '590200'],
  ['compactSum', 0, '5860'],
  ['compactSum', 6, '590120'],
])('the head of a signature of %s depth %i is %s', (algorithm, depth, head) => {
  const found = kesCborVectors().heads.find(
    (one) => one.algorithm === algorithm && one.depth === depth,
  );
  expect(found && bytesToHex(found.signatureHead)).toBe(head);
});

test('the Rust form has the period after the key, 4 bytes, big endian', () => {
  const six = kesRustFormVectors().positives.filter(({ depth }) => depth === 6);
  expect(six.map(({ period, tail }) => [period, bytesToHex(tail)])).toEqual([
    [0, '00000000'],
    [21, '00000015'],
    [63, '0000003f'],
  ]);
});

test('every call gives fresh copies', () => {
  seedExpansionVectors()[0]?.seed.fill(7);
  expect(seedExpansionVectors()[0]?.seed).toEqual(new Uint8Array(32));
});
