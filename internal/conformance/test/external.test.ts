// Data that other implementations made: proofs of cardano-base, and signatures with their verdicts. The data of the Haskell
// reference for key evolving signatures are in the vectors; here they are compared with the record of its run.
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
