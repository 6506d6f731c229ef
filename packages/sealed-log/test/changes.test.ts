// What is right is never invalid, and every change below the last seal is found, at the first seal that covers it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeNote } from '../src/format/note.js';
import { signedMessage, writeSealLine } from '../src/format/seal.js';
import { verifySealedLog } from '../src/verify/index.js';
import {
  fileOf,
  filesOf,
  keyOfSeed,
  madeLogs,
  sealsOf,
  signAt,
  type MadeLog,
} from './support/made-log.js';

const lines = ({ sealed }: MadeLog) => sealed.map(({ line }) => line);
const sizes = ({ sealed }: MadeLog) => sealed.map(({ seal }) => seal.size);
const sealedSize = (log: MadeLog) => sizes(log).at(-1)!;

/** The number of the first seal that covers an entry, `undefined` when none does. */
function coveredBy(log: MadeLog, entry: number): number | undefined {
  const at = sizes(log).findIndex((size) => size > entry);
  return at < 0 ? undefined : log.first + at;
}

/** Replaces the entries of a log, after it was sealed. */
const withEntries = (log: MadeLog, entries: readonly Uint8Array[]) => ({
  ...filesOf(log),
  files: [fileOf(entries)],
});
const withLines = (log: MadeLog, changed: readonly string[]) => ({
  ...filesOf(log),
  seals: sealsOf(changed),
});
const index = fc.nat(1000);

describe('a right log', () => {
  test('is valid while it is being written, at any length of its files', async () => {
    await fc.assert(
      fc.asyncProperty(madeLogs, index, index, fc.boolean(), async (log, sealed, more, hashed) => {
        // The length of the file of seals was taken first, and entries were read later.
        const seals = filesOf(log).seals;
        const firstLine = lines(log)[0]!.length;
        const read = seals.subarray(0, firstLine + (sealed % (seals.length - firstLine + 1)));
        const count = Buffer.from(read).toString().split('\n').length - 1;
        const least = fileOf(log.entries.slice(0, sizes(log)[count - 1])).length;
        const file = fileOf(log.entries);
        const entries = file.subarray(0, least + (more % (file.length - least + 1)));
        const last = log.sealed[count - 1]!.seal;
        const verdict = await verifySealedLog({
          ...filesOf(log),
          files: [entries],
          seals: read,
          hashes: hashed ? Buffer.concat(log.hashes) : undefined,
          now: new Date(1000 * (last.time + 10)),
          maxAge: 20,
        });
        const isEnd = (last.flags & 2) !== 0;
        if (!isEnd) expect(verdict.result).toBe('valid');
        expect(verdict).toMatchObject({
          failure: undefined,
          seals: count,
          sealedEntries: last.size,
          firstTime: log.sealed[0]!.seal.time,
          lastTime: last.time,
          ended: isEnd,
          starts: log.cuts.slice(0, count).filter(({ flags }) => (flags & 4) !== 0).length,
          tornSeal: read.at(-1) !== 0x0a,
          unsealedEntries: entries.filter((byte) => byte === 0x0a).length - last.size,
        });
      }),
    );
  });

  test('is valid when it is rotated anywhere, also without the last newline of a file', async () => {
    await fc.assert(
      fc.asyncProperty(madeLogs, index, fc.boolean(), async (log, at, isOpen) => {
        const middle = at % (log.entries.length + 1);
        const [old, present] = [log.entries.slice(0, middle), log.entries.slice(middle)].map(
          fileOf,
        );
        // An empty last line without its newline is nothing.
        const drops = isOpen && middle > 0 && log.entries[middle - 1]!.length > 0;
        const files = [drops ? old!.subarray(0, -1) : old!, new Uint8Array(0), present!];
        const whole = await verifySealedLog(filesOf(log));
        const { state, ...verdict } = await verifySealedLog({ ...filesOf(log), files });
        expect(verdict).toMatchObject({ result: whole.result, reasons: whole.reasons });
        expect(state?.frontier).toEqual(whole.state?.frontier);
      }),
    );
  });

  test('has the same verdict when the verification goes on from any of its seals', async () => {
    await fc.assert(
      fc.asyncProperty(madeLogs, index, fc.boolean(), async (log, at, hashed) => {
        const { seals, files, ...rest } = filesOf(log);
        const hashes = hashed ? Buffer.concat(log.hashes) : undefined;
        const whole = await verifySealedLog({ ...rest, seals, files, hashes });
        const count = (at % log.sealed.length) + 1;
        const part = sealsOf(lines(log).slice(0, count));
        const { state } = await verifySealedLog({ ...rest, seals: part, files, hashes });
        // A state is JSON.
        const from = JSON.parse(JSON.stringify(state)) as NonNullable<typeof state>;
        expect(from).toMatchObject({ number: log.first + count, size: sizes(log)[count - 1] });
        const { place } = from;
        // All entries, of which those of the state are skipped, or those behind its place.
        for (const given of [
          { files },
          { files: [files[0]!.subarray(place?.bytes ?? 0)], firstEntry: from.size },
        ]) {
          const later = await verifySealedLog({
            ...rest,
            ...given,
            from,
            seals: seals.subarray(from.sealBytes),
            hashes: hashes?.subarray(32 * from.size),
          });
          const moved = 'firstEntry' in given ? { state: expect.anything() as object } : {};
          expect(later).toEqual({ ...whole, ...moved, verifiedFrom: from.size });
          const { state: at } = later;
          if (at?.size === from.size) expect(at.place).toEqual(place);
        }
        if (from.size > 0) {
          const lost = { ...rest, from, seals: seals.subarray(from.sealBytes) };
          const short = fileOf(log.entries.slice(0, from.size - 1));
          expect(await verifySealedLog({ ...lost, files: [short] })).toMatchObject({
            failure: 'missing-entries',
          });
        }
        // The state is a checkpoint too.
        const cut = await verifySealedLog({
          ...rest,
          from,
          files,
          seals: seals.subarray(0, from.sealBytes),
        });
        expect(cut.reasons).toContain('behind-checkpoint');
        const { seal, key, seed } = log.sealed[count - 1]!;
        const other = { ...seal, time: seal.time + 1 };
        const message = signedMessage(log.origin, other);
        const signature = signAt(key.depth, seed, seal.number - key.first, message);
        const forged = writeSealLine({ ...other, signature });
        const fork = await verifySealedLog({ ...rest, from, files, seals: sealsOf([forged]) });
        expect(fork).toMatchObject({
          ...{ failure: 'fork', at: seal.number },
          fork: { kept: from.line, line: forged.trimEnd() },
        });
      }),
    );
  });
});

describe('of entries', () => {
  const changes: Record<
    string,
    (entries: readonly Uint8Array[], at: number, other: number) => Uint8Array[]
  > = {
    'a changed one': (entries, at, bit) => {
      const changed = Uint8Array.from(entries[at]!);
      if (changed.length === 0) return entries.with(at, Uint8Array.of(bit % 10));
      changed[bit % changed.length]! ^= 1 << (bit % 8);
      return entries.with(at, changed);
    },
    'a removed one': (entries, at) => entries.toSpliced(at, 1),
    'an inserted one': (entries, at, byte) => entries.toSpliced(at, 0, Uint8Array.of(byte % 10)),
    'two exchanged ones': (entries, at, other) =>
      entries.with(at, entries[other % entries.length]!).with(other % entries.length, entries[at]!),
  };

  test.each(Object.entries(changes))('%s is found at its seal', async (_, change) => {
    await fc.assert(
      fc.asyncProperty(madeLogs, index, index, async (log, chosen, other) => {
        const entries = change(log.entries, chosen % log.entries.length, other);
        // A byte that became a newline makes two lines.
        const before = fileOf(log.entries);
        const after = fileOf(entries);
        const place = before.findIndex((byte, at) => after[at] !== byte);
        const differing = before.subarray(0, place).filter((byte) => byte === 0x0a).length;
        const at = place < 0 ? undefined : coveredBy(log, differing);
        const verdict = await verifySealedLog(withEntries(log, entries));
        expect(verdict.at).toBe(at);
        if (at === undefined) expect(verdict.result).not.toBe('invalid');
        else {
          const expected = after.length < before.length ? /entries$/ : /^entries$/;
          expect(verdict.failure).toMatch(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('each changed and each absent one is found with hashes, and what is accepted hides no change', async () => {
    const fates = fc.array(fc.constantFrom('kept', 'changed', 'blank', 'erased'), {
      minLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(madeLogs, fates, fc.nat(5), async (log, fate, firstEntry) => {
        const absent = Math.min(firstEntry, log.entries.length);
        const entries = log.entries.map((entry, at) =>
          fate[at] === 'changed'
            ? Uint8Array.of(...entry, 1)
            : fate[at] === 'erased' || fate[at] === 'blank'
              ? Buffer.alloc(at % 3, ' ')
              : entry,
        );
        const isOther = (at: number) =>
          !log.entries[at]!.every((byte, of) => entries[at]![of] === byte) ||
          entries[at]!.length !== log.entries[at]!.length;
        const numbers = [...log.entries.keys()].filter((at) => at < sealedSize(log));
        const isAccepted = (at: number) => fate[at] === 'erased';
        const pruned = numbers.filter((at) => at < absent && !isAccepted(at));
        const erased = numbers.filter((at) => isAccepted(at) && (at < absent || isOther(at)));
        const changed = numbers.filter((at) => at >= absent && !isAccepted(at) && isOther(at));
        const verdict = await verifySealedLog({
          ...withEntries(log, entries.slice(absent)),
          firstEntry: absent,
          hashes: Buffer.concat(log.hashes),
          erased: numbers.filter(isAccepted).map((at) => [at, at + 1] as const),
        });
        const inRanges = (ranges: readonly (readonly [number, number])[]) =>
          numbers.filter((at) => ranges.some(([from, to]) => at >= from && at < to));
        expect(inRanges(verdict.changed)).toEqual(changed);
        expect(inRanges(verdict.pruned)).toEqual(pruned);
        expect(inRanges(verdict.erased)).toEqual(erased);
        expect(verdict).toMatchObject({
          changedEntries: changed.length,
          prunedEntries: pruned.length,
          erasedEntries: erased.length,
        });
        if (changed.length > 0)
          expect(verdict).toMatchObject({ failure: 'entries', at: coveredBy(log, changed[0]!) });
        else {
          expect(verdict.failure).toBeUndefined();
          expect(verdict.reasons.includes('pruned')).toBe(pruned.length > 0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('of seals', () => {
  test('any changed byte is found at its line', async () => {
    await fc.assert(
      fc.asyncProperty(
        madeLogs,
        index,
        fc.integer({ min: 1, max: 255 }),
        async (log, place, by) => {
          const seals = Uint8Array.from(filesOf(log).seals);
          // Without its newline the last line is torn, which is no failure.
          const at = (place * 31) % (seals.length - 1);
          seals[at]! ^= by;
          const line = filesOf(log)
            .seals.subarray(0, at)
            .filter((byte) => byte === 0x0a).length;
          const verdict = await verifySealedLog({ ...filesOf(log), seals });
          expect(verdict).toMatchObject({ result: 'invalid', at: log.first + line, seals: line });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a removed, repeated or exchanged one is found at its number', async () => {
    await fc.assert(
      fc.asyncProperty(madeLogs, index, index, async (log, chosen, other) => {
        const all = lines(log);
        const [at, to] = [chosen % all.length, other % all.length];
        const repeated = all.toSpliced(at + 1, 0, all[at]!);
        const { result, failure, at: place } = await verifySealedLog(withLines(log, repeated));
        expect([result, failure, place]).toEqual(['invalid', 'number', log.first + at + 1]);
        if (at < all.length - 1) {
          const removed = await verifySealedLog(withLines(log, all.toSpliced(at, 1)));
          expect(removed).toMatchObject({ failure: 'number', at: log.first + at, seals: at });
        }
        if (at === to) return;
        const exchanged = all.with(at, all[to]!).with(to, all[at]!);
        expect(await verifySealedLog(withLines(log, exchanged))).toMatchObject({
          failure: 'number',
          at: log.first + Math.min(at, to),
        });
      }),
    );
  });

  test('one that the present key makes below its number is found, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(madeLogs, index, index, async (log, chosen, thief) => {
        const below = chosen % log.sealed.length;
        const later = log.sealed.slice(below + 1);
        // The thief has the key of a later number, and everything that is not secret.
        const stolen = later[thief % Math.max(1, later.length)];
        fc.pre(stolen !== undefined);
        const { key, seed, seal } = stolen;
        const forged = { ...log.sealed[below]!.seal, time: 1_795_000_999 };
        const message = signedMessage(log.origin, forged);
        const signature = signAt(key.depth, seed, seal.number - key.first, message);
        const line = writeSealLine({ ...forged, signature });
        for (const rest of [[], lines(log).slice(below + 1)]) {
          const forgery = [...lines(log).slice(0, below), line, ...rest];
          expect(await verifySealedLog(withLines(log, forgery))).toMatchObject({
            ...{ result: 'invalid', failure: 'signature' },
            ...{ at: log.first + below, seals: below },
          });
        }
      }),
    );
  });
});

describe('a tail of entries that is cut together with its seals', () => {
  const cutLogs = madeLogs
    .filter(({ sealed }) => sealed.length > 1)
    .chain((log) => fc.tuple(fc.constant(log), fc.integer({ min: 1, max: log.sealed.length - 1 })));

  test('is found by nothing else than a later checkpoint, an age or a required end', async () => {
    await fc.assert(
      fc.asyncProperty(cutLogs, async ([log, left]) => {
        const kept = lines(log).slice(0, left);
        const given = {
          ...withLines(log, kept),
          files: [fileOf(log.entries.slice(0, sizes(log)[left - 1]))],
        };
        const nothing = await verifySealedLog(given);
        expect(nothing.reasons).toEqual(['end-unproved']);

        const { note, chain, seal } = log.sealed.at(-1)!;
        const checkpoint = await verifySealedLog({ ...given, checkpoints: [{ note, chain }] });
        expect(checkpoint.reasons).toEqual(['behind-checkpoint', 'end-unproved']);

        const end = await verifySealedLog({ ...given, mustEnd: true });
        expect(end).toMatchObject({ reasons: ['end-unproved', 'not-ended'] });

        const { time } = log.sealed[left - 1]!.seal;
        const maxAge = Math.max(0, seal.time - time - 1);
        const age = await verifySealedLog({ ...given, now: new Date(1000 * seal.time), maxAge });
        if (seal.time > time) expect(age.reasons).toEqual(['too-old']);

        const known = log.sealed[left - 1]!.note;
        const last = await verifySealedLog({ ...given, checkpoints: [{ note: known }] });
        expect(last.reasons).toEqual(['end-unproved']);
      }),
    );
  });

  test('and then goes on with whatever the thief of a later key signs is invalid', async () => {
    const forgeries = fc.record({
      isNext: fc.boolean(),
      evolved: fc.nat(2),
      time: fc.nat(100),
      flags: fc.constantFrom(0, 1, 2, 4),
      isLast: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cutLogs, forgeries, async ([log, left], forgery) => {
        // The key of the last seal is stolen, and evolves. The lines of the gap are gone.
        const { key, seed, seal, line } = log.sealed.at(-1)!;
        const kept = lines(log).slice(0, left - 1);
        const next = log.first + kept.length;
        const number = forgery.isNext ? next : seal.number + forgery.evolved;
        const successor = keyOfSeed(log.origin, 1, number + 1, new Uint8Array(32)).material;
        const content = {
          ...{ number, flags: forgery.flags, size: seal.size, root: seal.root },
          time: seal.time + forgery.time,
          successor: (forgery.flags & 1) === 0 ? undefined : successor,
        };
        const period = Math.min(seal.number + forgery.evolved, key.last) - key.first;
        const message = signedMessage(log.origin, content);
        const signature = signAt(key.depth, seed, period, message);
        const forged = forgery.isLast ? line : writeSealLine({ ...content, signature });
        expect(await verifySealedLog(withLines(log, [...kept, forged]))).toMatchObject({
          result: 'invalid',
          failure: expect.stringMatching(/^(?:number|signature|successor)$/),
          at: next,
          seals: kept.length,
        });
      }),
      { numRuns: 200 },
    );
  });
});

test('every checkpoint of a log agrees with it, and one of another history is a fork', async () => {
  await fc.assert(
    fc.asyncProperty(madeLogs, index, async (log, chosen) => {
      const checkpoints = log.sealed.map(({ note, chain }) => ({ note, chain }));
      const whole = { ...filesOf(log), files: [fileOf(log.entries.slice(0, sealedSize(log)))] };
      const verdict = await verifySealedLog({ ...whole, checkpoints });
      expect(verdict.reasons).toEqual(verdict.ended ? [] : ['end-unproved']);

      const at = chosen % log.sealed.length;
      const { seal, key, seed } = log.sealed[at]!;
      const forged = { ...seal, time: seal.time + 1 };
      const message = signedMessage(log.origin, forged);
      const signature = signAt(key.depth, seed, seal.number - key.first, message);
      const other = writeNote(key, { ...forged, signature });
      const fork = await verifySealedLog({
        ...whole,
        checkpoints: [...checkpoints, { note: other }],
      });
      const line = log.sealed[at]!.line.trimEnd();
      expect(fork).toMatchObject({
        ...{ result: 'invalid', failure: 'fork', at: seal.number, fork: { kept: other, line } },
      });
    }),
  );
});
