// How entries differ from the sealed ones, each at its place. Nothing is said when the seals do not fit the hashes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countOlderFiles,
  entryDifferences,
  findFirstEntry,
  verifySealedLog,
  type EntryDifference,
} from '../src/verify/index.js';
import {
  fileOf,
  filesOf,
  madeLogs,
  makeLog,
  type LogPlan,
  type MadeLog,
} from './support/made-log.js';

const line = (text: string) => Buffer.from(text);

/** A log of lines that are all different, with a seal after each ten. */
function logOf(count: number): MadeLog {
  return makeLog(planOf(Array.from({ length: count }, (_, index) => line(`entry ${index}`))));
}

function planOf(entries: readonly Uint8Array[]): LogPlan {
  const count = 10 * Math.ceil(entries.length / 10);
  const cuts = Array.from({ length: count / 10 }, (_, index) => ({
    size: Math.min(10 * (index + 1), entries.length),
    time: 1_795_000_000 + index,
    flags: 0,
  }));
  const origin = 'example.com/differences';
  return { origin, first: 0, depths: [4], seeds: [], entries, cuts };
}

function compare(log: MadeLog, files: readonly (readonly Uint8Array[])[], more: object = {}) {
  const given = {
    ...filesOf(log),
    hashes: Buffer.concat(log.hashes),
    files: files.map((entries) => fileOf(entries)),
    ...more,
  };
  return entryDifferences(() => given);
}

/** Makes the sealed entries of those that are there, by what is said of them. */
function restored(
  log: MadeLog,
  present: readonly Uint8Array[],
  starts: readonly number[],
  differences: readonly EntryDifference[],
): Uint8Array[] {
  const sealed: Uint8Array[] = [];
  let at = 0;
  for (const each of differences) {
    const from = starts[each.file]! + each.line - 1;
    sealed.push(...present.slice(at, from));
    expect(sealed).toHaveLength(each.entry);
    sealed.push(...log.entries.slice(each.entry, each.entry + each.entries));
    at = from + each.present;
    if (each.text !== undefined)
      expect(Buffer.from(each.text)).toEqual(Buffer.from(present[from]!));
  }
  return [...sealed, ...present.slice(at)].slice(0, log.sealed.at(-1)!.seal.size);
}

const LOG = logOf(60);
const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const place = fc.nat(59);

describe('the differences', () => {
  test('lead from the entries that are there to those that were sealed', async () => {
    const edit = fc.record({
      at: place,
      removed: fc.nat(12),
      inserted: fc.array(fc.constantFrom('entry 3', 'x', 'y'), { maxLength: 12 }),
    });
    const edits = fc.array(edit, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constant(LOG), madeLogs),
        edits,
        place,
        async (log, list, cut) => {
          const entries = [...log.entries];
          for (const { at, removed, inserted } of list)
            entries.splice(at, removed, ...inserted.map((each) => line(each)));
          const files = [entries.slice(0, cut), entries.slice(cut)];
          const found = (await compare(log, files))!;
          expect(found.hasMore).toBe(false);
          const starts = [0, files[0]!.length];
          const expected = log.entries.slice(0, log.sealed.at(-1)!.seal.size);
          const isErased = (index: number) => restoredEntries[index]?.length === 0;
          const restoredEntries = restored(log, entries, starts, found.differences);
          expect(restoredEntries).toHaveLength(expected.length);
          expected.forEach((each, index) => {
            if (!isErased(index))
              expect(Buffer.from(restoredEntries[index]!)).toEqual(Buffer.from(each));
          });
        },
      ),
    );
  });

  test('of a file that was not given are one gap, before a file or at the end', async () => {
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        const [from, to] = one < other ? [one, other] : [other, one + 1];
        const files = [LOG.entries.slice(0, from), LOG.entries.slice(to)];
        const found = await compare(
          LOG,
          files.filter(({ length }) => length > 0),
        );
        expect(found?.differences).toHaveLength(1);
        const isFirst = from === 0;
        expect(found?.differences[0]).toMatchObject({
          ...{ kind: 'missing', entry: from, entries: to - from, present: 0 },
          ...{ file: isFirst || to === 60 ? 0 : 1, line: to === 60 ? from + 1 : 1 },
          ...{ text: undefined, sealedBy: 1_795_000_000 + Math.ceil(to / 10) - 1 },
          sealedAfter: from < 10 ? undefined : 1_795_000_000 + Math.floor(from / 10) - 1,
        });
      }),
    );
  });

  const sealedFile = fc.array(fc.constantFrom('header', 'a', 'b', ''), {
    minLength: 1,
    maxLength: 12,
  });
  const rotated = fc.record({
    header: fc.boolean(),
    files: fc.array(fc.tuple(sealedFile, fc.boolean()), { minLength: 1, maxLength: 6 }),
    unsealed: fc.array(fc.constantFrom('y', 'z'), { maxLength: 12 }),
  });

  test('of files that were not given are missing ones, also when lines are equal', async () => {
    await fc.assert(
      fc.asyncProperty(rotated, async ({ header, files, unsealed }) => {
        const lines = files.map(([each]) => (header ? ['header', ...each] : each).map(line));
        const log = makeLog(planOf(lines.flat()));
        const given = lines.filter((_, index) => files[index]![1]);
        const isLiveGiven = files.at(-1)![1];
        if (isLiveGiven) given.push([...given.pop()!, ...unsealed.map(line)]);
        const { differences } = (await compare(log, given))!;
        const kinds = differences.map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind !== 'missing')).toEqual([]);
        const gone = lines.filter((_, index) => !files[index]![1]).flat().length;
        const missing = differences.reduce((sum, { entries }) => sum + entries, 0);
        expect(missing).toBe(gone);
      }),
      { numRuns: 300 },
    );
  });

  test('of files that were not given are missing ones, also among erased lines and files', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 9 });
    const erasedLines = fc.uniqueArray(place, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), erasedLines, async (sizes, pick, blank) => {
        const ends = sizes
          .map((_, index) => sum(sizes.slice(0, index + 1)))
          .filter((at) => at < 60);
        const files = [...ends, 60].map((end, index) => ({ from: ends[index - 1] ?? 0, end }));
        const gone = files[pick % files.length]!;
        const isGone = (at: number) => gone.from <= at && at < gone.end;
        const erased = blank.filter((at) => !isGone(at)).map((at) => [at, at + 1]);
        const lines = LOG.entries.map((each, at) => (blank.includes(at) ? line('   ') : each));
        const given = files.filter((each) => each !== gone);
        const found = await compare(
          LOG,
          given.map(({ from, end }) => lines.slice(from, end)),
          { erased },
        );
        const missing = { entry: gone.from, entries: gone.end - gone.from, present: 0 };
        expect(found?.differences).toMatchObject([{ kind: 'missing', ...missing }]);
      }),
      { numRuns: 300 },
    );
  });

  test('of which only entries are given that were not sealed leave open what they are', async () => {
    await fc.assert(
      fc.asyncProperty(rotated, async ({ header, files, unsealed }) => {
        const lines = files.map(([each]) => (header ? ['header', ...each] : each).map(line));
        const log = makeLog(planOf(lines.flat()));
        const given = lines.filter((_, index) => files[index]![1]);
        const live = ['y', ...unsealed].map(line);
        given.push(header ? [line('header'), ...live] : live);
        // A file of as many lines as were sealed, of which the first one fits, is the sealed one, and was changed.
        fc.pre(given.flat().length !== lines.flat().length);
        const { differences } = (await compare(log, given))!;
        const kinds = differences.map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind !== 'missing' && kind !== 'unmatched')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('of a file that is another one leave open what it is, between others too', async () => {
    const files = [LOG.entries.slice(0, 20), LOG.entries.slice(20, 40), LOG.entries.slice(40)];
    const other = Array.from({ length: 30 }, (_, index) => line(`other ${index}`));
    const unmatched = { kind: 'unmatched', present: 30, line: 1, text: Uint8Array.from(other[0]!) };
    for (const [at, file] of files.entries()) {
      const found = await compare(LOG, files.with(at, other));
      const entry = 20 * at;
      expect(found?.differences).toMatchObject([
        { ...unmatched, entry, entries: file.length, file: at },
      ]);
    }
  });

  test('of one line within a file are one line', async () => {
    const kinds = ['changed', 'inserted', 'removed'] as const;
    const within = fc.integer({ min: 1, max: 58 });
    await fc.assert(
      fc.asyncProperty(within, fc.constantFrom(...kinds), async (at, kind) => {
        const entries = [...LOG.entries];
        const inserted = kind === 'removed' ? [] : [line('other')];
        entries.splice(at, kind === 'inserted' ? 0 : 1, ...inserted);
        const found = await compare(LOG, [entries]);
        expect(found?.differences).toMatchObject([{ kind, entry: at, file: 0, line: at + 1 }]);
      }),
    );
  });

  test('of a large block are found too', async () => {
    const log = logOf(400);
    const entries = log.entries.map((each, at) =>
      at >= 100 && at < 300 ? line(`new ${at}`) : each,
    );
    const changed = { kind: 'changed', entry: 100, entries: 200, present: 200 };
    expect((await compare(log, [entries]))?.differences).toMatchObject([changed]);
    const longer = [...entries.slice(0, 300), ...entries.slice(100, 200), ...entries.slice(300)];
    const replaced = { kind: 'changed', entry: 100, entries: 200, present: 300 };
    expect((await compare(log, [longer]))?.differences).toMatchObject([replaced]);
  });

  test('are listed up to twenty', async () => {
    const entries = LOG.entries.map((each, at) => (at % 2 === 0 ? line('other') : each));
    const found = await compare(LOG, [entries]);
    expect(found?.differences).toHaveLength(20);
    expect(found?.hasMore).toBe(true);
  });

  test('begin after what is gone from the front', async () => {
    const files = [LOG.entries.slice(15)];
    const found = await compare(LOG, files, { firstEntry: 10 });
    expect(found?.differences).toMatchObject([{ kind: 'missing', entry: 10, entries: 5 }]);
    expect(await compare(LOG, [LOG.entries.slice(10)], { firstEntry: 10 })).toMatchObject({
      differences: [],
    });
  });
});

test('files that are older than the log are counted, also when the log was changed', async () => {
  const count = (files: readonly (readonly Uint8Array[])[], hashes = Buffer.concat(LOG.hashes)) =>
    countOlderFiles(() => ({ files: files.map((entries) => fileOf(entries)), hashes }));
  const older = fc.array(fc.array(fc.constantFrom('x', 'y').map(line)), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(older, place, fc.boolean(), async (before, cut, isChanged) => {
      const entries = isChanged ? LOG.entries.with(4, line('z')) : LOG.entries;
      const found = await count([...before, entries.slice(0, cut + 1), entries.slice(cut + 1)]);
      // Files without a line may count.
      const least = before.findLastIndex(({ length }) => length > 0) + 1;
      expect(found).toBeGreaterThanOrEqual(least);
      expect(found).toBeLessThanOrEqual(before.length);
    }),
  );
  expect(await count([LOG.entries.slice(20), LOG.entries.slice(0, 20)])).toBe(0);
  expect(await count([[line('x')], LOG.entries], Buffer.alloc(0))).toBe(0);
});

test('the first entry of files is found, also when one behind it is gone', async () => {
  const numbers = fc.uniqueArray(place, { minLength: 4, maxLength: 4 });
  const hashes = Buffer.concat(LOG.hashes);
  await fc.assert(
    fc.asyncProperty(numbers, async (list) => {
      const [first, second, third, end] = list.toSorted((one, other) => one - other);
      const files = [LOG.entries.slice(first, second), LOG.entries.slice(third, end)].map(fileOf);
      expect(await findFirstEntry(() => ({ files, hashes }))).toBe(first);
    }),
  );
});

describe('nothing is said', () => {
  test('of hashes that the seals do not fit', async () => {
    const at = fc.nat(32 * 60 - 1);
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const hashes = Buffer.concat(LOG.hashes);
        hashes[index]! ^= change;
        expect(await compare(LOG, [LOG.entries.slice(10)], { hashes })).toBeUndefined();
      }),
    );
    const shifted = Buffer.concat(LOG.hashes.slice(10));
    const files = [fileOf(LOG.entries.slice(10))];
    const log = { ...filesOf(LOG), hashes: shifted, files };
    expect((await verifySealedLog(log)).failure).toBe('entries');
    expect(await entryDifferences(() => log)).toBeUndefined();
  });

  test('without hashes, and of seals that are forged', async () => {
    expect(await compare(LOG, [[]], { hashes: undefined })).toBeUndefined();
    const seals = Buffer.from(
      filesOf(LOG).seals.toString().replace(' 1795000003 ', ' 1795000004 '),
    );
    expect(await compare(LOG, [[]], { seals })).toBeUndefined();
  });
});
