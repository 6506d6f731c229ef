/** A line of a seals file is found by its number, and the last one, whatever the lengths of the lines are. */
import { appendFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SealsFile } from '../../src/following/seals-file.js';
import { newPlace } from '../support/engines.js';

test('every line is found by its number, and no other', () => {
  const { seals } = newPlace();
  const lengths = fc.array(fc.nat(1100), { maxLength: 80 });
  fc.assert(
    fc.property(fc.nat(1000), lengths, fc.nat(4095), (first, sizes, torn) => {
      const lines = sizes.map((size, at) => `${String(first + at)} ${'7'.repeat(size)}`);
      const whole = lines.map((line) => `${line}\n`).join('');
      writeFileSync(seals, `${whole}${'9'.repeat(torn)}`);
      using file = new SealsFile(seals);
      const { last, size } = file.end();
      expect([last, size]).toEqual([lines.at(-1), whole.length]);
      expect([...file.all()]).toEqual(lines);
      let at = 0;
      for (const [index, line] of lines.entries()) {
        for (const from of [0, Math.max(0, at - 3), at])
          expect(file.find(first + index, from, size)).toEqual({ line, at });
        at += line.length + 1;
      }
      for (const absent of [first - 1, first + lines.length])
        expect(file.find(absent, 0, size)).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});

test('a line that is longer than any seal is none, wherever it is', () => {
  const { seals } = newPlace();
  writeFileSync(seals, `0 a\n1 ${'b'.repeat(100_000)}\n`);
  using file = new SealsFile(seals);
  expect(file.end().last?.length).toBeGreaterThan(1200);
  appendFileSync(seals, '2 c\n');
  expect(file.end().last).toBe('2 c');
  expect(file.find(1, 0, file.end().size)).toBeUndefined();
});

test('a seals file that is missing has no lines', () => {
  using file = new SealsFile(newPlace().seals);
  expect([file.end(), file.find(0, 0, 100), [...file.all()]]).toEqual([
    { last: undefined, size: 0 },
    undefined,
    [],
  ]);
});
