import * as native from '@evolock/kes-sum';
import { dsignImplementationOf, implementationOf, vrfImplementationOf } from '@evolock/test-keys';
import {
  conformanceCases,
  externalConformanceCases,
  type Implementation,
} from '@evolock/test-vectors';
import { praosBatchCompatVrf as nativeBatch, praosVrf as nativeVrf } from '@evolock/vrf-praos';
import { describe, expect, test } from 'vitest';
import {
  compactSumKesOfDepth,
  ed25519,
  praosBatchCompatVrf,
  praosVrf,
  sumKesOfDepth,
} from '../../src/index.js';
import { compared, expectOutputsOfNative, expectVerdictsOfLibsodium } from '../support/verdicts.js';

/** The short run leaves out the deep trees. */
const greatestDepth = Number(process.env['EVOLOCK_TEST_DEPTH'] ?? 20);

/** Keys and proofs are made by the native packages. This package verifies. */
const implementation: Implementation = {
  dsign: dsignImplementationOf(native.ed25519, ed25519),
  vrf: (name) =>
    name === 'PraosVRF'
      ? vrfImplementationOf(nativeVrf, praosVrf)
      : vrfImplementationOf(nativeBatch, praosBatchCompatVrf),
  kes(kind, depth) {
    if (depth > greatestDepth) return undefined;
    if (depth > 0 && (kind === 'single' || kind === 'compactSingle')) return undefined;
    const isSum = kind === 'sum' || kind === 'single';
    const signs = (isSum ? native.sumKesOfDepth : native.compactSumKesOfDepth)(
      native.ed25519,
      depth,
    );
    const verifies = (isSum ? sumKesOfDepth : compactSumKesOfDepth)(ed25519, depth);
    const { name, totalPeriods, signatureSize, verificationKeySize } = verifies;
    return {
      ...implementationOf(signs),
      ...{ name, totalPeriods, signatureSize, verificationKeySize },
      verify: (...given) => verifies.verify(...given),
    };
  },
};

/** Groups of cases that verify. In the others only the native packages work. */
const verifying = [
  'ed25519 verification',
  'kes negative',
  'kes verification',
  'vrf proving',
  'vrf verification',
] as const;

describe('the package conforms to the vectors', () => {
  const cases = conformanceCases(implementation).filter(({ group }) =>
    (verifying as readonly string[]).includes(group),
  );
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);

  test('every kind of verification has cases', () => {
    expect(new Set(cases.map(({ group }) => group))).toEqual(new Set(verifying));
  });
});

describe('the package agrees with the vectors of other implementations', () => {
  const { cases, skipped } = externalConformanceCases(implementation);
  const missing = skipped.filter((reason) => !reason.endsWith('offered'));
  for (const reason of missing) test.skipIf(true)(reason, () => {});
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);
});

test('Ed25519 signatures over points with torsion parts have the verdict of libsodium', () => {
  expectVerdictsOfLibsodium(50);
});

describe('proofs over points with torsion parts have the output of vrf-praos', () => {
  for (const each of compared) test(each.vrf.name, () => expectOutputsOfNative(each, 15));
});
