// The packages conform to the vectors, kes-verify in what it verifies, and every rule that a negative breaks has a name.
import { blake2b256 } from '@evolock/kes-sum/all';
import { messages } from '@evolock/test-support';
import { conformanceCases, coverage, haskellKesVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleOf } from '../../../packages/test-vectors/src/rules.js';
import { GROUP_ORDER, Point, readScalar } from '../src/curve.js';
import { kesVerify, verifiers } from '../src/kes-verify.js';
import { extendedOf, native } from '../src/native.js';
import { packages } from '../src/packages.js';

const cases = conformanceCases(packages);

/** The short run leaves out the deep trees. */
const greatestDepth = Number(process.env['EVOLOCK_TEST_DEPTH'] ?? 7);

for (const [name, all] of [
  // Those of sealed logs are with the package.
  ['the packages', cases.filter(({ group }) => !group.startsWith('sealed log'))],
  ['kes-verify', conformanceCases(kesVerify)],
] as const)
  describe(`${name} conform to the vectors`, () => {
    const tried = all.filter(({ location: { depth = 0 } }) => depth <= greatestDepth);
    test.each(tried.map((one) => [`${one.group}: ${one.name}`, one.run] as const))('%s', (_, run) =>
      run(),
    );
  });

test('hashes of verification keys are those of the Haskell reference', () => {
  for (const { verificationKey, verificationKeyHash } of haskellKesVectors())
    expect(blake2b256(verificationKey)).toEqual(verificationKeyHash);
});

test('the signature of any extended key is valid', () => {
  const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const signs = (left: Uint8Array, right: Uint8Array, message: Uint8Array) => {
    const scalar = readScalar(left) % GROUP_ORDER;
    fc.pre(scalar !== 0n);
    const verificationKey = Point.BASE.multiply(scalar).toBytes();
    const extendedKey = Uint8Array.from([...left, ...right]);
    const signature = extendedOf(() => verificationKey).sign(extendedKey, message);
    return verifiers.dsign.verify(verificationKey, message, signature);
  };
  fc.assert(fc.property(half, half, messages, signs), { numRuns: 15 });
});

test('no two cases of a group have one name', () => {
  const names = cases.map(({ group, name }) => `${group}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

test('the coverage of the packages counts every case and every part is offered', () => {
  const { total, groups, notOffered, optionalNotOffered, statement } = coverage(packages);
  expect(total).toBe(cases.length);
  expect([...groups.values()].reduce((sum, count) => sum + count, 0)).toBe(total);
  expect([notOffered, optionalNotOffered]).toEqual([[], []]);
  console.log(statement);
});

test('the coverage lists what is not offered', () => {
  const { notOffered, statement } = coverage({
    kes: (algorithm, depth) =>
      algorithm === 'sum' && depth === 7 ? undefined : native.kes(algorithm, depth),
  });
  expect(notOffered).toEqual(['seed expansion', 'ed25519', 'sum depth 7']);
  expect(statement).toContain('not offered: seed expansion, ed25519, sum depth 7');
});

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
  expect(ruleOf({ file: 'kes-negatives.json', entry: reason })).toMatch(rule);
});

test('every negative breaks one of few rules', () => {
  const isNegative = ({ group, name }: (typeof cases)[number]) =>
    / negative$|verification$/.test(group) && !name.includes('accepts: ');
  const negatives = cases.filter(isNegative).map(({ location }) => location);
  const reasons = new Set(negatives.flatMap(({ entry }) => entry ?? []));
  const rules = new Set(negatives.flatMap((location) => ruleOf(location) ?? []));
  expect(reasons.size).toBeGreaterThan(250);
  expect(rules.size).toBeLessThan(30);
  expect([...rules].filter((rule) => reasons.has(rule))).toEqual([]);
});
