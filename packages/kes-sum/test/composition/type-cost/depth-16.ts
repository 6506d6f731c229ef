// type-cost.long.test.ts compiles this file and counts the type instantiations: every literal type at depth 16, by composition
// and by depth.
import {
  compactSingleKes,
  compactSumKes,
  compactSumKesOfDepth,
  ed25519,
  MLockedSeed,
  singleKes,
  sumKes,
  sumKesOfDepth,
  type KesSignature,
} from '../../../src/index.js';

const sum4 = sumKes(sumKes(sumKes(sumKes(singleKes(ed25519)))));
const sum8 = sumKes(sumKes(sumKes(sumKes(sum4))));
const sum12 = sumKes(sumKes(sumKes(sumKes(sum8))));
export const sum16 = sumKes(sumKes(sumKes(sumKes(sum12))));
const compact4 = compactSumKes(
  compactSumKes(compactSumKes(compactSumKes(compactSingleKes(ed25519)))),
);
const compact8 = compactSumKes(compactSumKes(compactSumKes(compactSumKes(compact4))));
const compact12 = compactSumKes(compactSumKes(compactSumKes(compactSumKes(compact8))));
export const compact16 = compactSumKes(compactSumKes(compactSumKes(compactSumKes(compact12))));

export const sizes: [65536, 1088, 1568, 65536, 608, 1568] = [
  sum16.totalPeriods,
  sum16.signatureSize,
  sum16.signingKeySize,
  compact16.totalPeriods,
  compact16.signatureSize,
  compact16.signingKeySize,
];

const sumByDepth: typeof sum16 = sumKesOfDepth(ed25519, 16);
const compactByDepth: typeof compact16 = compactSumKesOfDepth(ed25519, 16);

const seed = MLockedSeed.newRandom(32);
const key = sumByDepth.generateKey(seed);
const signature: KesSignature<'ed25519_kes_2^16'> = key.sign(new Uint8Array());
sum16.verify(key.deriveVerificationKey(), 0, new Uint8Array(), signature);
// @ts-expect-error -- a signature of the other variant
compact16.verify(new Uint8Array(), 0, new Uint8Array(), signature);
compactByDepth.generateKey(seed).clone().release();
