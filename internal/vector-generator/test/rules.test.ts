import { expect, test } from 'vitest';
import { conformanceCases } from '@evolock/test-vectors';
import { ruleOf } from '../../../packages/test-vectors/src/run/causes.js';
import { native } from '../src/native.js';

/** The reasons of all negatives, as the locations of their cases have them. */
const reasons = new Set(
  conformanceCases(native)
    .filter(
      ({ group, name }) => / negative$|verification$/.test(group) && !name.includes('accepts: '),
    )
    .flatMap(({ location: { entry } }) => (entry === undefined ? [] : [entry])),
);

test.each([
  ['period 2^32 - 1, last signature', 'a period that does not exist'],
  ['period 8, which does not exist', 'a period that does not exist'],
  ['neighbouring period (84)', 'a signature of a neighbouring period'],
  ['leaf: Ed25519 commitment R of small order (identity)', 'a point of small order'],
  ['Ed25519 verification key of mixed order (good with a cofactor only)', /torsion/],
  ['message extended', 'another message'],
  ['signature extended by a zero byte', 'a wrong length'],
  ['verification key of all zeroes', 'another verification key'],
  ['siblings of levels 1 and 2 swapped', 'verification keys in another order'],
  ['verification keys of level 3 swapped', 'a tampered key'],
  ['stated period 4294967296', 'another period stated than that of the key'],
  ['the period in little endian', 'another period stated than that of the key'],
  ['PraosVRF refuses: Γ of small order (order 2)', 'a point of small order'],
])('%s breaks a rule', (reason, rule) => {
  expect(ruleOf(reason)).toMatch(rule);
});

test('every negative breaks one of few rules', () => {
  const rules = new Set([...reasons].map(ruleOf));
  expect(reasons.size).toBeGreaterThan(250);
  expect(rules.size).toBeLessThan(18);
  expect([...rules].filter((rule) => reasons.has(rule))).toEqual([]);
});
