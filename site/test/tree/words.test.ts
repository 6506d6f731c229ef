import { sumKesOfDepth } from '@evolock/kes-sum';
import { expect, test } from 'vitest';
import { evolved, newKey, released, type Stepped } from '../../src/tree/key.js';
import {
  backInWords,
  evolvedInWords,
  fileSize,
  heldInWords,
  lifeInWords,
  memoryInWords,
  newInWords,
  signedInWords,
  theftInWords,
  verifiedInWords,
} from '../../src/tree/words.js';

/** The last step of a key of eight periods on its way to a period. */
function stepTo(period: number): Stepped {
  let step = newKey(3);
  while (step.key.period! < period) step = evolved(step.key)!;
  return step;
}

test('each step is described in sentences', () => {
  expect(newInWords(newKey(3))).toBe(
    'A new key at period 0. A random seed was opened down to the first leaf, and erased. In memory: the signing key of period 0, the seed of period 1, the seed of periods 2 to 3 and the seed of periods 4 to 7.',
  );
  expect(evolvedInWords(stepTo(1))).toBe(
    'Evolved to period 1. Erased: the signing key of period 0. In memory: the signing key of period 1, the seed of periods 2 to 3 and the seed of periods 4 to 7.',
  );
  expect(evolvedInWords(stepTo(4))).toBe(
    'Evolved to period 4. Erased: the signing key of period 3, the seed of periods 4 to 7 and the seed of periods 4 to 5. In memory: the signing key of period 4, the seed of period 5 and the seed of periods 6 to 7.',
  );
  expect(backInWords(stepTo(7).key)).toMatch(
    /only this model.* In memory: the signing key of period 7\.$/,
  );
  expect(signedInWords({ depth: 3, period: 4 })).toContain('The signature has 256 bytes');
});

test('the periods that a thief gets are stated at the beginning, within the life, at its end and after the release', () => {
  expect(theftInWords(stepTo(0).key)).toBe(
    'With a copy of this memory, a thief can sign for periods 0 to 7: no period is over yet.',
  );
  expect(theftInWords(stepTo(3).key)).toBe(
    'With a copy of this memory, a thief can sign for periods 3 to 7, but not for periods 0 to 2.',
  );
  expect(theftInWords(stepTo(7).key)).toBe(
    'With a copy of this memory, a thief can sign for period 7, but not for periods 0 to 6.',
  );
  const gone = released(stepTo(3).key).key;
  expect(theftInWords(gone)).toBe('With a copy of this memory, a thief can sign for no period.');
  expect(heldInWords(gone)).toBe('Nothing is in memory.');
});

test('a key is counted as kes inspect counts', () => {
  expect(lifeInWords(stepTo(0).key)).toBe('Period 0 of 0–7 (none used, 1–7 left).');
  expect(lifeInWords(stepTo(2).key)).toBe('Period 2 of 0–7 (0–1 used, 3–7 left).');
  expect(lifeInWords(stepTo(7).key)).toBe('Period 7 of 0–7 (0–6 used, none left).');
  expect(memoryInWords(stepTo(3).key)).toMatch(/^2 secrets of 32 bytes\. .* has 320 bytes/);
  expect(memoryInWords(newKey(6).key)).toMatch(
    /^7 secrets of 32 bytes\. A kes\.skey has 608 bytes/,
  );
  for (let depth = 0; depth <= 6; depth += 1)
    expect(fileSize(depth)).toBe(sumKesOfDepth(depth).signingKeySize);
});

test('a verification is described with its reason', () => {
  const signature = { depth: 3, period: 3 };
  expect(verifiedInWords(signature, 3)).toMatch(/^Valid for period 3\./);
  expect(verifiedInWords(signature, 2)).toMatch(/^Not valid for period 2: all pairs of keys fit/);
  expect(verifiedInWords(signature, 4)).toBe(
    'Not valid for period 4: the pair of keys of periods 0 to 3 does not hash to the key that period 4 leads to.',
  );
});
