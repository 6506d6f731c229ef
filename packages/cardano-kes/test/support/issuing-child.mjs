// Issues certificates with a counter that others use at the same time, and prints their numbers.
import { absolutePeriod, issueWithCounter } from '@evolock/cardano-kes';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';

const [counterPath, count] = process.argv.slice(2);
const seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(9));
const coldKey = ed25519.generateKey(seed);
const request = {
  coldKey,
  counterPath,
  hotVerificationKey: new Uint8Array(32),
  startPeriod: absolutePeriod(1),
};
const numbers = [];
while (numbers.length < Number(count)) {
  try {
    numbers.push(issueWithCounter(request).certificate.sequenceNumber);
  } catch (error) {
    if (error.reason !== 'locked') throw error;
  }
}
console.log(numbers.join(' '));
coldKey.release();
seed.release();
