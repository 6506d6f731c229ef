/** Any sequence of rotations, late writers and stops leaves files that are sealed to the last line. */
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptRun } from '../support/processes.js';
import { failureOf } from '../support/engines.js';
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
          // Entries may wait for the end of an old file.
          expect([undefined, 'waiting-file']).toContain(reasonOf(await failureOf(log.stop())));
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

function reasonOf(failure: unknown): unknown {
  return (failure as { readonly reason?: unknown } | undefined)?.reason ?? failure;
}

/** A program that keeps the log open, until it is told to open the file that has the name. */
const WRITER = `
  import { closeSync, openSync, writeSync } from 'node:fs';
  const [log, name] = process.argv.slice(1);
  let fd = openSync(log, 'a');
  let isStopped = false;
  let count = 0;
  const write = () => {
    if (isStopped) return process.disconnect();
    writeSync(fd, name + ' ' + String(count) + ' ' + 'x'.repeat(count % 500) + '\\n');
    count += 1;
    setTimeout(write, 1);
  };
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    if (message === 'stop') isStopped = true;
    else {
      closeSync(fd);
      fd = openSync(log, 'a');
    }
    process.send(count);
  });
  write();
  process.send(count);
`;

test('processes that append all the time, and open the new file some time after a rotation, lose no line', async () => {
  const log = new RotatedLog();
  const { engine, errors } = await log.open();
  const writers = ['one', 'two', 'three'].map((name) =>
    scriptRun(WRITER, [log.place.log, name], ['ignore', 'inherit', 'inherit', 'ipc']),
  );
  await Promise.all(writers.map((writer) => once(writer, 'message')));
  for (let made = 0; made < 6; made += 1) {
    await log.pass();
    log.rename({ makes: made % 2 === 0 });
    for (const writer of writers) {
      await log.pass();
      const answer = once(writer, 'message');
      writer.send('open');
      await answer;
    }
    await log.pass();
    await log.pass(SETTLE);
    await engine.seal();
  }
  const counts = writers.map(async (writer) => {
    const ended = once(writer, 'exit');
    const answer = once(writer, 'message');
    writer.send('stop');
    const [count] = (await answer) as [number];
    await ended;
    return count;
  });
  const written = await Promise.all(counts);
  expect(errors).toEqual([]);
  const lines = Buffer.concat(log.files()).toString().trimEnd().split('\n');
  expect(lines).toHaveLength(written.reduce((sum, count) => sum + count));
  await log.expectWhole();
});
