// 10,000 random inputs with torsion parts.
import { describe, test } from 'vitest';
import { compared, expectOutputsOfNative, expectVerdictsOfLibsodium } from './support/verdicts.js';

test('6,000 Ed25519 signatures over points with torsion parts have the verdict of libsodium', () => {
  expectVerdictsOfLibsodium(6_000);
});

describe('2,000 proofs of each draft over points with torsion parts have the output of vrf-praos', () => {
  for (const each of compared) test(each.vrf.name, () => expectOutputsOfNative(each, 2_000));
});
