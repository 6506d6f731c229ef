/** Entries without a seal, as verifications one after another see them in files that rotate and grow. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unsealedAfter, type SeenUnsealed } from '../src/verify/entries/unsealed.js';
import { verifySealedLog } from '../src/verify/index.js';
import { describeVerdict } from '../src/words/index.js';
import { fileOf, filesOf, makeLog } from './support/made-log.js';

/** Entries by the time at which a verification first saw them; `undefined` before one did. */
type File = (number | undefined)[];

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      back: fc.nat(2),
      count: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ do: fc.constantFrom('rotate', 'prune') }),
    fc.record({ do: fc.constant('seal' as const), count: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ do: fc.constant('verify' as const) }),
  ),
  { maxLength: 60, size: 'max' },
);

/** A log whose sealer may wait for any file, and a verifier with a state. Times are numbers of steps. */
class Model {
  readonly files: File[] = [[]];
  sealed = 0;
  /** The file in which the seals end. No earlier one grows. */
  sealing = 0;
  /** Where the state of the verifier ends. */
  from = 0;
  /** The first file that is there. */
  first = 0;
  seen: SeenUnsealed | undefined;

  startOf(index: number): number {
    return this.files.slice(0, index).flat().length;
  }

  append(back: number, count: number): void {
    const index = Math.max(this.sealing, this.files.length - 1 - back);
    for (let made = 0; made < count; made += 1) this.files[index]!.push(undefined);
  }

  seal(count: number): void {
    for (let made = 0; made < count; made += 1) {
      const end = this.startOf(this.sealing + 1);
      if (this.sealed < end) this.sealed += 1;
      else if (this.sealing < this.files.length - 1) this.sealing += 1;
    }
    // The seals end in the file of the last entry that is sealed.
    while (this.sealing > 0 && this.startOf(this.sealing) === this.sealed) this.sealing -= 1;
  }

  verify(now: number): void {
    const ends = this.files.map((_, index) => this.startOf(index + 1));
    this.seen = unsealedAfter(
      this.seen,
      {
        sealed: this.sealed,
        isStartThere: this.from >= this.first,
        fileEnds: ends.slice(Math.max(this.from, this.first), -1),
        total: ends.at(-1)!,
      },
      now,
    );
    this.from = this.sealing;
    let index = 0;
    for (const file of this.files)
      for (const [at, seen] of file.entries()) {
        if (index >= this.sealed) file[at] = seen ?? now;
        index += 1;
      }
  }

  /** When each entry without a seal was first seen. */
  get unsealed(): number[] {
    return this.files
      .flat()
      .slice(this.sealed)
      .map((seen) => seen!);
  }
}

test('no entry is said to be without a seal for longer than it is', () => {
  fc.assert(
    fc.property(steps, (made) => {
      const model = new Model();
      for (const [now, step] of made.entries())
        if (step.do === 'append') model.append(step.back, step.count);
        else if (step.do === 'rotate') model.files.push([]);
        else if (step.do === 'prune') model.first = model.sealing;
        else if (step.do === 'seal') model.seal(step.count);
        else {
          model.verify(now);
          const { unsealed, seen } = model;
          if (unsealed.length === 0) expect(seen).toBeUndefined();
          else if (model.sealed > 0 || seen !== undefined)
            expect(seen!.since).toBeGreaterThanOrEqual(Math.min(...unsealed));
        }
    }),
  );
});

test('entries behind a file that grows are known as long as they have no seal', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ old: fc.nat(5), live: fc.nat(5), sealed: fc.nat(5) }), {
        maxLength: 20,
      }),
      (growths) => {
        const model = new Model();
        model.append(0, 2);
        model.seal(1);
        model.files.push([]);
        model.append(0, 1);
        model.verify(1);
        for (const [index, { old, live, sealed }] of growths.entries()) {
          model.append(1, old);
          model.append(0, live);
          model.sealed = Math.min(model.sealed + sealed, model.startOf(1));
          model.verify(index + 2);
          expect(model.seen?.since).toBe(1);
        }
        model.append(0, 1);
        model.seal(model.files.flat().length + 1);
        model.verify(100);
        expect(model.seen).toBeUndefined();
      },
    ),
  );
});

test('entries of files from before the log are not said to lack a seal, and its own are when one has a seal', () => {
  const model = new Model();
  model.append(0, 3);
  model.files.push([]);
  for (const now of [1, 2]) {
    model.verify(now);
    expect(model.seen).toBeUndefined();
  }
  // With its first sealed entry, the file from before is left out.
  const [, live] = model.files;
  model.files.splice(0, Infinity, live!);
  model.append(0, 2);
  model.seal(1);
  model.verify(3);
  expect(model.seen).toMatchObject({ since: 3 });
});

test('of entries that no verification can have seen, no time is told', async () => {
  const time = 1_795_000_000;
  const entries = ['a', 'b'].map((text) => Buffer.from(text));
  const cuts = [0, 2].map((size) => ({ size, time, flags: 0 }));
  const plan = { origin: 'example.com/unsealed', first: 0, depths: [4], seeds: [], entries, cuts };
  const log = filesOf(makeLog(plan));
  const files = entries.map((entry) => fileOf([entry]));
  const asked = { now: new Date(time * 1000), maxAge: 60, revokedFrom: 1 };
  const verdict = await verifySealedLog({ ...log, files, ...asked });
  expect(verdict.reasons).toContain('unsealed-entries');
  expect(JSON.stringify(describeVerdict(verdict, asked))).not.toContain('without a seal for');
});
