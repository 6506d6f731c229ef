// Exported functions without type annotations that return values of the packages. The declaration file of this module
// has to name the types of all of them. It needs no types of Node.js.
import {
  compactSumKesOfDepth,
  ed25519,
  MLockedSeed,
  sum6Kes,
  sumKesOfDepth,
  type KesSigningKey,
} from '@evolock/kes-sum';
import {
  directDeserialiseBufChecked,
  KeyBusyError,
  lockStatus,
  MLockedBytes,
  singleKes,
  sumKes,
  type Ed25519SigningKey,
} from '@evolock/kes-sum/all';

export const seed = () => MLockedSeed.newRandom(32);
export const composed = sumKes(sumKes(singleKes(ed25519)));
export const byDepth = () => [sumKesOfDepth(3), compactSumKesOfDepth(3)] as const;

export function keyPair(from: MLockedSeed<32>) {
  const signingKey = sum6Kes.generateKey(from);
  const verificationKey = signingKey.deriveVerificationKey();
  return { signingKey, verificationKey, clone: signingKey.clone(), algorithm: sum6Kes };
}

export function sign(from: MLockedSeed<32>, message: Uint8Array) {
  const signingKey = composed.generateKey(from);
  const signature = signingKey.sign(message);
  return { signature, first: [signature][0], shape: signingKey.algorithm.totalPeriods };
}

export const signed = (key: KesSigningKey, message: Uint8Array) => key.sign(message);
export const leaf = (key: Ed25519SigningKey, message: Uint8Array) => ({
  signature: key.sign(message),
  verificationKey: key.deriveVerificationKey(),
});
// Types that this module does not import by name.
export const unnamed = (from: MLockedSeed<32>) => ({
  leaf: ed25519.generateKey(from),
  verify: sum6Kes.verify,
  bytes: MLockedBytes.newZeroed(3),
  status: lockStatus(),
  read: directDeserialiseBufChecked,
  error: new KeyBusyError(),
});
