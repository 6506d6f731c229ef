import { describe, test } from 'vitest';
import { expectVerdictsOfLibsodium } from './ed25519-verdicts.js';
import { compared, expectOutputsOfNative } from './vrf-verdicts.js';

test('Ed25519 signatures over points with torsion parts have the verdict of libsodium', () => {
  expectVerdictsOfLibsodium(200);
});

describe('proofs over points with torsion parts have the output of vrf-praos', () => {
  for (const each of compared) test(each.vrf.name, () => expectOutputsOfNative(each, 50));
});
