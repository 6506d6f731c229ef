// Data that other implementations made: keys and headers of the Haskell reference, proofs of cardano-base, and signatures
// with their verdicts. Its signatures at every period are in the vectors, which are compared here with the record of its run.
import { readFileSync } from 'node:fs';
import { externalText, externalVectors } from '@evolock/test-support/external';
import { VRF_ALGORITHMS, type KesAlgorithmKind } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { decoded } from '../../../packages/test-vectors/src/bytes.js';
import { verifiers } from '../src/kes-verify.js';
import { native } from '../src/native.js';

const judges = [native, verifiers];

/** A test with the content of a file. Without the file it is skipped, and its name says why. */
function testOf(file: string, body: (data: unknown) => void, read = externalVectors): void {
  const content = read(file);
  if (content.available) test(file, () => body(content.data));
  else test.skipIf(true)(content.reason, () => undefined);
}

interface Signature {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
}

interface KesSignature extends Signature {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly why: string;
}

testOf('negatives.json', (data) => {
  for (const entry of decoded(data) as KesSignature[]) {
    const { algorithm, depth, period, verificationKey, message, signature } = entry;
    const verdicts = judges.map((judge) =>
      judge.kes(algorithm, depth)?.verify(verificationKey, period, message, signature),
    );
    expect(verdicts, entry.why).toEqual([entry.valid, entry.valid]);
  }
});

interface HaskellKey extends Omit<KesSignature, 'message' | 'signature'> {
  readonly source: string;
  readonly seed: Uint8Array;
  readonly signingKey: Uint8Array;
  /** Some keys have no signature. */
  readonly message: Uint8Array | undefined;
  readonly signature: Uint8Array | undefined;
}

testOf('haskell-kes.json', (data) => {
  for (const entry of decoded(data) as HaskellKey[]) {
    const { source, algorithm, depth, period, seed, signingKey, verificationKey } = entry;
    const { message, signature } = entry;
    const kes = native.kes(algorithm, depth)!;
    const generated = kes.generateKey(seed);
    while (generated.period < period) generated.update();
    for (const key of [generated, kes.readKey(signingKey)]) {
      const keys = [key.serialise(), key.deriveVerificationKey()];
      const made = [key.period, ...keys, message && key.sign(message)];
      key.release();
      expect(made, source).toEqual([period, signingKey, verificationKey, signature]);
    }
    if (message === undefined || signature === undefined) continue;
    for (const judge of judges) {
      const verdict = judge
        .kes(algorithm, depth)
        ?.verify(verificationKey, period, message, signature);
      expect(verdict, source).toBe(true);
    }
  }
});

interface ConsensusCase {
  readonly title: string;
  readonly header: Uint8Array;
  readonly kesSignKey: Uint8Array;
  /** Decimal digits. */
  readonly evolution: string;
  readonly kesOk: boolean;
}

// The tests of cardano-kes judge these headers.
testOf('consensus-header-cases.json', (data) => {
  const kes = native.kes('sum', 6)!;
  for (const entry of decoded(data) as ConsensusCase[]) {
    const { title, header, kesSignKey, evolution, kesOk } = entry;
    // The suite changed the period of these certificates, and did not evolve the key.
    const isUnevolved = title.includes('MutateKESPeriod');
    // Other signatures that are wrong are not by this key, or not of this body.
    if (!kesOk && !isUnevolved) continue;
    // A header is an array of two: a head of one byte, the body, and the signature with a head of three.
    const signature = header.subarray(-kes.signatureSize);
    const body = header.subarray(1, -(kes.signatureSize + 3));
    const key = kes.readKey(kesSignKey);
    while (!isUnevolved && key.period < Number(evolution)) key.update();
    expect(key.sign(body), title).toEqual(signature);
    key.release();
  }
});

interface Ed25519Signature extends Signature {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

testOf('ed25519-edge-cases.json', (data) => {
  for (const { name, publicKey, message, signature, valid } of decoded(data) as Ed25519Signature[])
    for (const { dsign } of judges)
      expect(dsign.verify(publicKey, message, signature), name).toBe(valid);
});

/** The value of a line of a name, a colon and hexadecimal digits, or `empty`. */
function valueIn(text: string, name: string): Uint8Array {
  const [, digits = ''] = new RegExp(`^${name}: *(\\w+)`, 'm').exec(text) ?? [];
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

const drafts = { PraosVRF: 'vrf_ver03', PraosBatchCompatVRF: 'vrf_ver13' };
const names = ['standard_10', 'standard_11', 'standard_12'].concat(
  [1, 2, 3, 4].map((number) => `generated_${number}`),
);
for (const algorithm of VRF_ALGORITHMS)
  for (const name of names)
    testOf(
      `vrf/${drafts[algorithm]}_${name}`,
      (content) => {
        const text = String(content);
        const [seed, key, alpha] = ['sk', 'pk', 'alpha'].map((each) => valueIn(text, each));
        const [proof, output] = ['pi', 'beta'].map((each) => valueIn(text, each));
        const vrf = native.vrf(algorithm);
        expect(vrf.deriveVerificationKey(seed!)).toEqual(key);
        expect(vrf.prove(seed!, alpha!)).toEqual(proof);
        for (const judge of judges) {
          expect(judge.vrf(algorithm).verify(key!, alpha!, proof!)).toEqual(output);
          expect(judge.vrf(algorithm).outputOf(proof!)).toEqual(output);
        }
      },
      externalText,
    );

/** The record of a run of the Haskell reference. It has the values of the vectors, and others, under shorter names. */
interface HaskellRun {
  readonly cases: readonly {
    readonly algorithm: string;
    readonly sizes: { readonly signingKey: number; readonly signature: number };
  }[];
}

testOf('haskell/kes.json', (data) => {
  const { cases } = data as HaskellRun;
  const file = '../../../packages/test-vectors/vectors/kes-haskell.json';
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const { keys } = JSON.parse(text.replaceAll('Hex":', '":')) as { readonly keys: object[] };
  const values = cases.map(({ algorithm, sizes, ...rest }) => ({
    ...rest,
    algorithm: algorithm.replace(/^compacts/, 'compactS'),
    signingKeySize: sizes.signingKey,
    signatureSize: sizes.signature,
  }));
  expect(values).toMatchObject(keys);
});
