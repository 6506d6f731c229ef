import { beforeAll, expect, test } from 'vitest';
import { calls, seed, sweep } from '../src/calls/plan.js';
import { table } from '../src/table/table.js';
import { abuse, summary, type Finding } from './support/child.js';

let findings: Finding[] = [];

beforeAll(async () => {
  findings = await abuse('sweep', [...sweep()].length);
});

test.each([...table.keys()])('%s accepts or refuses every hostile value without damage', (name) => {
  expect(summary(findings.filter((finding) => finding.name === name))).toEqual([]);
});

test('no call damages other values', () => {
  expect(summary(findings.filter(({ name }) => !table.has(name)))).toEqual([]);
});

test(`${calls} random calls with several hostile values each, of seed ${seed}`, async () => {
  expect(summary(await abuse(String(seed), calls))).toEqual([]);
});
