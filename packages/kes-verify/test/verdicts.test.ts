import { describe, test } from 'vitest';
import { compared, expectOutputsOfNative, expectVerdictsOfLibsodium } from './support/verdicts.js';

test('Ed25519 signatures over points with torsion parts have the verdict of libsodium', () => {
  expectVerdictsOfLibsodium(50);
});

describe('proofs over points with torsion parts have the output of vrf-praos', () => {
  for (const each of compared) test(each.vrf.name, () => expectOutputsOfNative(each, 15));
});
