/** Your own depth: `sumKes` doubles the periods of an algorithm. */
import assert from 'node:assert/strict';
import { ed25519, MLockedSeed, sumKesOfDepth } from '@evolock/kes-sum';
import { singleKes, sumKes } from '@evolock/kes-sum/all';

const fourPeriods = sumKes(sumKes(singleKes(ed25519)));
const week: 8 = sumKes(fourPeriods).totalPeriods; // the sizes are literal types
console.log(`${fourPeriods.name}: ${fourPeriods.totalPeriods} periods; one level more has ${week}`);

// The same in one call, with the depth as a number: a period for every hour of 42 days.
const hours = sumKesOfDepth(10);

using seed = MLockedSeed.newRandom(32);
using key = hours.generateKey(seed);
key.updateTo(1000);
const message = new TextEncoder().encode('hour 1000');
const signature = key.sign(message);
assert.equal(hours.verify(key.deriveVerificationKey(), 1000, message, signature), true);
assert.equal(hours.verify(key.deriveVerificationKey(), 999, message, signature), false);
console.log(
  `${hours.name}: signed at period 1000 of ${hours.totalPeriods}, ${signature.length} bytes`,
);
