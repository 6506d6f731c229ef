import { beforeAll, expect, test } from 'vitest';
import { children } from '../src/calls/limits.js';
import { sweep } from '../src/calls/plan.js';
import { table } from '../src/table/table.js';
import { abuse, summary, type Finding } from './support/child.js';

let findings: Finding[] = [];

beforeAll(async () => {
  findings = await abuse('sweep', [...sweep()].length, children);
});

test.each(Object.keys(table))(
  '%s accepts or refuses every hostile value without damage',
  (name) => {
    expect(summary(findings.filter((finding) => finding.name === name))).toEqual([]);
  },
);

test('no call damages other values', () => {
  expect(summary(findings.filter(({ name }) => !(name in table)))).toEqual([]);
});
