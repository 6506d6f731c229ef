import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepAfter, type Step } from '../../src/sealer/order.js';

test('whatever fails, the key moves before the line, the line is whole before it leaves, and no signature is dropped', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.boolean(), (outcomes, isEnd) => {
      let step: Step = 'idle';
      const done = new Set<Step>();
      let signatures = 0;
      for (const outcome of outcomes) {
        if (step === 'idle') done.clear();
        if (step === 'sign' && outcome) signatures += 1;
        if (step === 'key') expect(done.has('entries') && done.has('hashes')).toBe(true);
        if (step === 'line') expect(done.has('key')).toBe(true);
        if (step === 'leave') {
          expect(done.has('line')).toBe(true);
          signatures -= 1;
        }
        // At most one signature that has not left, and none while nothing is to be done.
        expect(signatures).toBeLessThanOrEqual(1);
        if (step === 'idle' || step === 'ended') expect(signatures).toBe(0);
        if (step === 'erase') expect([isEnd, done.has('leave')]).toEqual([true, true]);
        if (outcome || step === 'leave') done.add(step);
        step = stepAfter(step, outcome ? 'done' : 'failed', isEnd);
      }
    }),
  );
});

test('without a failure the steps of a seal are these', () => {
  const stepsOf = (isEnd: boolean): Step[] => {
    const steps: Step[] = [];
    for (let step = stepAfter('idle', 'done', isEnd); step !== 'idle' && step !== 'ended';) {
      steps.push(step);
      step = stepAfter(step, 'done', isEnd);
    }
    return steps;
  };
  const all: Step[] = ['entries', 'hashes', 'sign', 'key', 'line', 'leave'];
  expect(stepsOf(false)).toEqual(all);
  expect(stepsOf(true)).toEqual([...all, 'erase']);
});
