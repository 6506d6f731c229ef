// The shipped vectors: those of Haskell are the values of a run, and those of the VRF find implementations that judge otherwise.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  conformanceCases,
  externalVectors,
  VRF_ALGORITHMS,
  vrfVectors,
} from '@evolock/test-vectors';
import { GROUP_ORDER, Point, readScalar, writeScalar } from '../src/curve.js';
import { native } from '../src/native.js';

const haskell = externalVectors('haskell/kes.json');

/** The record of a run of the Haskell reference. It has the same values, and others, under shorter names. */
interface HaskellRun {
  readonly cases: readonly {
    readonly algorithm: string;
    readonly sizes: { readonly signingKey: number; readonly signature: number };
  }[];
}

test.skipIf(!haskell.available)(
  haskell.available ? 'kes-haskell.json holds the values of the Haskell run' : haskell.reason,
  () => {
    const file = '../../../packages/test-vectors/vectors/kes-haskell.json';
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    const { keys } = JSON.parse(text.replaceAll('Hex":', '":')) as { readonly keys: object[] };
    const { cases } = (haskell as { readonly data: unknown }).data as HaskellRun;
    const values = cases.map(({ algorithm, sizes, ...rest }) => ({
      ...rest,
      algorithm: algorithm.replace(/^compacts/, 'compactS'),
      signingKeySize: sizes.signingKey,
      signatureSize: sizes.signature,
    }));
    expect(values).toMatchObject(keys);
  },
);

type Verify = ReturnType<typeof native.vrf>['verify'];

/** The names of the cases that an implementation with another `verify` fails. */
async function failedBy(change: (right: Verify) => Verify): Promise<string[]> {
  const cases = conformanceCases({
    vrf(algorithm) {
      const right = native.vrf(algorithm);
      return { ...right, verify: change(right.verify) };
    },
  });
  const failed: string[] = [];
  for (const { name, run } of cases) await run().catch(() => failed.push(name));
  return failed;
}

/** Whether bytes are a point outside of the main subgroup. */
function hasTorsion(bytes: Uint8Array): boolean {
  try {
    return !Point.fromBytes(bytes).isTorsionFree();
  } catch {
    return false;
  }
}

function withReducedResponse(proof: Uint8Array): Uint8Array {
  const response = writeScalar(readScalar(proof.slice(-32)) % GROUP_ORDER);
  return Uint8Array.from([...proof.slice(0, -32), ...response]);
}

describe('the vectors find an implementation that', () => {
  test('refuses torsion parts, as libsodium does', async () => {
    const failed = await failedBy((right) => (key, alpha, proof) => {
      const refused = hasTorsion(key) || hasTorsion(proof.slice(0, 32));
      return refused ? undefined : right(key, alpha, proof);
    });
    expect(failed).toHaveLength(2 * 7);
    expect(failed.every((name) => / accepts: .*torsion/.test(name))).toBe(true);
  });

  test('reduces the response', async () => {
    const failed = await failedBy((right) => (key, alpha, proof) => {
      const whole = proof.length === 80 || proof.length === 128;
      return right(key, alpha, whole ? withReducedResponse(proof) : proof);
    });
    expect(failed).toEqual(
      VRF_ALGORITHMS.map((name) => `${name} refuses: response not below L (s + L)`),
    );
  });

  test('accepts bytes after a proof', async () => {
    const failed = await failedBy(
      (right) => (key, alpha, proof) =>
        right(key, alpha, proof.slice(0, proof.length === 81 ? 80 : 128)),
    );
    expect(failed.some((name) => name.endsWith('extended by one byte'))).toBe(true);
  });
});

test('the vectors have accepted and refused proofs with torsion parts, and keys of every small order', () => {
  for (const algorithm of VRF_ALGORITHMS) {
    const mine = vrfVectors().verdicts.filter((vector) => vector.algorithm === algorithm);
    const torsion = mine.filter(({ why }) => why.includes('torsion'));
    expect(new Set(torsion.map(({ output }) => output === undefined))).toEqual(
      new Set([true, false]),
    );
    const small = mine.filter(({ why }) => why.startsWith('verification key of small order'));
    expect(small).toHaveLength(12);
    expect(small.every(({ output }) => output === undefined)).toBe(true);
  }
});
