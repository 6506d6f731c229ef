import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { Demonstration, type Judgements } from '../../src/demonstration/demonstration.js';

const now = new Date('2026-12-01T09:00:00Z');
const honest = ['alice logs in', 'alice pays bob 10', 'alice logs out'];
const changed = honest.with(1, 'alice pays bob 99');

function begun(): Demonstration {
  let count = 0;
  const demonstration = new Demonstration(() => seedOf((count += 1)));
  demonstration.seal(honest, now);
  return demonstration;
}

const tones = ({ evolving, ordinary, marks }: Judgements) => [
  evolving.tone,
  ordinary.tone,
  marks.join(' '),
];

test('sealed lines are valid, and a new line is not sealed yet', async () => {
  const demonstration = begun();
  expect(tones(await demonstration.judge(honest, now))).toEqual(['good', 'good', 'good good good']);
  const more = [...honest, 'bob logs in'];
  expect(tones(await demonstration.judge(more, now))).toEqual([
    'good',
    'good',
    'good good good open',
  ]);
});

test('a change is found with both keys, and of the sealed log at its line', async () => {
  const judged = await begun().judge(changed, now);
  expect(tones(judged)).toEqual(['bad', 'bad', 'good bad good']);
  expect(judged.evolving.words).toBe('not as sealed: line 2 was changed');
});

test('a thief with the keys signs the past with the ordinary one alone, and seals on', async () => {
  const demonstration = begun();
  demonstration.steal();
  const lines = [...changed, 'a line of the thief'];
  demonstration.seal(lines, now);
  expect(tones(await demonstration.judge(lines, now))).toEqual([
    'bad',
    'good',
    'good bad good good',
  ]);
  const kept = [...honest, 'a line of the thief'];
  expect(tones(await demonstration.judge(kept, now))).toEqual([
    'good',
    'bad',
    'good good good good',
  ]);
});

test('it has 16 seals, of which the last one ends the log', async () => {
  const demonstration = begun();
  for (let seal = 1; seal < 16; seal += 1) demonstration.seal([...honest, 'more'], now);
  expect(demonstration.sealsLeft).toBe(0);
  const judged = await demonstration.judge([...honest, 'more'], now);
  expect(tones(judged)).toEqual(['good', 'good', 'good good good good']);
  expect(judged.evolving.words).toBe('4 lines are as sealed');
});

test('before the first seal nothing is judged', async () => {
  expect(tones(await new Demonstration().judge(honest, now))).toEqual([
    'note',
    'note',
    'open open open',
  ]);
});
