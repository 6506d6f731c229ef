import { compactSumKesOfDepth, MLockedSeed } from '@evolock/kes-sum';
import { compactSumKesOfDepth as verifierOfDepth } from '@evolock/kes-verify';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { DEPTH, PERIODS, SigningKey } from '../../src/demonstration/signer.js';

const message = (period: number) => Uint8Array.of(1, 2, period);

test('the key of the demonstration signs what a key of kes-sum signs, at each period to the last', () => {
  const seed = MLockedSeed.fromBytes(seedOf(7));
  const real = compactSumKesOfDepth(DEPTH as number).generateKey(seed);
  try {
    const own = new SigningKey(seedOf(7));
    expect(own.verificationKey).toEqual(new Uint8Array(real.deriveVerificationKey()));
    for (let period = 0; period < PERIODS; period += 1) {
      expect(own.period).toBe(period);
      expect(own.sign(message(period))).toEqual(new Uint8Array(real.sign(message(period))));
      own.evolve();
      if (period + 1 < PERIODS) real.update();
    }
    expect(own.period).toBeUndefined();
    expect(() => own.sign(message(0))).toThrow('nothing is known');
  } finally {
    real.release();
    seed.release();
  }
});

test('a stolen copy signs from its period on, also after the owner went on, and no earlier one', () => {
  const own = new SigningKey(seedOf(8));
  own.evolve();
  own.evolve();
  const stolen = new SigningKey(own);
  own.evolve();
  const algorithm = verifierOfDepth(DEPTH);
  const periodsOf = (signature: Uint8Array) =>
    Array.from({ length: PERIODS }, (_, period) => period).filter((period) =>
      algorithm.verify(own.verificationKey, period, message(0), signature),
    );
  for (let period = 2; period < PERIODS; period += 1) {
    expect(periodsOf(stolen.sign(message(0)))).toEqual([period]);
    stolen.evolve();
  }
});
