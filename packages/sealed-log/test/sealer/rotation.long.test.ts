/** Any sequence of rotations, late writers and stops leaves files that are sealed to the last line. */
import { existsSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RotatedLog, SETTLE } from '../support/rotated-log.js';

type Step =
  | { readonly step: 'append'; readonly count: number; readonly torn: boolean }
  | { readonly step: 'rename'; readonly makes: boolean }
  | { readonly step: 'late' | 'copy' | 'seal' | 'stop' | 'open' | 'lose hint' }
  | { readonly step: 'pass'; readonly time: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      step: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 4 }),
      torn: fc.boolean(),
    }),
    fc.record({ step: fc.constant('rename' as const), makes: fc.boolean() }),
    fc.record({ step: fc.constantFrom('late', 'copy', 'seal', 'stop', 'open', 'lose hint') }),
    fc.record({ step: fc.constant('pass' as const), time: fc.nat(2 * SETTLE) }),
  ),
  { minLength: 4, maxLength: 25 },
);

test('whatever is appended, renamed, copied and truncated between looks and stops, every line is sealed', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const log = new RotatedLog();
      log.append(1);
      await log.open();
      /** Whether writers of the last old file may still have it. */
      let isFresh = false;
      for (const each of list) {
        const { sealer } = log;
        if (each.step === 'append') log.append(each.count, each);
        else if (each.step === 'rename') {
          log.rename(each);
          isFresh = sealer !== undefined && each.makes;
        } else if (each.step === 'late' && isFresh && existsSync(log.old(1))) {
          // What has the name is seen before, since times of late changes do not tell the order.
          await log.pass();
          log.append(1, { to: 1 });
          await sealer?.engine.seal();
        } else if (each.step === 'copy' && sealer !== undefined) {
          log.append(1);
          for (let made = 0; made < 20; made += 1) await log.pass(SETTLE);
          log.append(2);
          log.copyAndTruncate();
          isFresh = false;
          await log.pass();
        } else if (each.step === 'seal') await sealer?.engine.seal();
        else if (each.step === 'pass') {
          await log.pass(each.time);
          isFresh &&= each.time === 0;
        } else if (each.step === 'stop') {
          await log.stop();
          isFresh = false;
        } else if (each.step === 'open' && sealer === undefined) await log.open();
        else if (each.step === 'lose hint' && sealer === undefined)
          rmSync(`${log.place.keyFile}.hint`, { force: true });
      }
      const sealer = log.sealer ?? (await log.open());
      log.append(1);
      await log.pass(SETTLE);
      expect(sealer.errors).toEqual([]);
      await log.expectWhole();
      await log.stop();
    }),
    { numRuns: 40 },
  );
});
