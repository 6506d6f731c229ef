/** Logs of some hundred entries that were changed anywhere. */
import fc from 'fast-check';
import { LEAF_ROOM } from '../../src/native.js';
import { fileOf, makeLog, sealsOf } from './made-log.js';

const line = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 190, maxLength: 700 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -3, max: 3 }).map((more) => 'x'.repeat(LEAF_ROOM + more)),
  },
  { weight: 1, arbitrary: fc.constant('') },
);

/** A log of some hundred entries, what happened to it, and how its files arrive. */
const damages = fc.record({
  lines: fc.array(line, { maxLength: 400, size: 'max' }),
  sizes: fc.array(fc.nat(400), { minLength: 1, maxLength: 6 }),
  rotations: fc.array(fc.nat(400), { maxLength: 3 }),
  lacksNewline: fc.boolean(),
  torn: fc.constantFrom('', 'torn', 'x'.repeat(250)),
  withHashes: fc.boolean(),
  firstEntry: fc.oneof(fc.constant(0), fc.nat(200)),
  entriesAt: fc.array(fc.nat(400), { maxLength: 2 }),
  blankAt: fc.array(fc.nat(400), { maxLength: 2 }),
  erased: fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 200 })), { maxLength: 2 }),
  revokedFrom: fc.option(fc.nat(10), { nil: undefined, freq: 4 }),
  noteAt: fc.array(fc.nat(600), { maxLength: 1 }),
  chainAt: fc.array(fc.nat(600), { maxLength: 1 }),
  hashAt: fc.array(fc.nat(400 * 32), { maxLength: 1 }),
  sealAt: fc.array(fc.nat(2000), { maxLength: 1 }),
  now: fc
    .integer({ min: 1_794_999_000, max: 1_795_000_020 })
    .map((seconds) => new Date(1000 * seconds)),
  maxAge: fc.option(fc.nat(10), { nil: undefined }),
  retention: fc.option(fc.nat(10), { nil: undefined }),
  mustEnd: fc.boolean(),
});

/** What a verifier gets of a log that was damaged. */
export const damagedLogs = damages.map((given) => {
  const entries = given.lines.map((text) => Buffer.from(text.replaceAll('\n', ' ')));
  const cuts = [...given.sizes]
    .map((size) => Math.min(size, entries.length))
    .sort((left, right) => left - right)
    .map((size, at) => ({ size, time: 1_795_000_000 + at, flags: 0 }));
  const plan = { origin: 'example.com/many', first: 3, depths: [1, 0], seeds: [], cuts };
  const log = makeLog({ ...plan, entries });
  const lines = [...entries];
  for (const at of given.entriesAt) if (at < lines.length) lines[at] = Buffer.from('another');
  for (const at of given.blankAt) if (at < lines.length) lines[at] = Buffer.alloc(at % 3, ' ');
  const firstEntry = Math.min(given.firstEntry, lines.length);
  const ends = [...given.rotations, lines.length].sort((left, right) => left - right);
  const files = ends.map((end, at) => {
    const file = fileOf(
      lines.slice(Math.max(firstEntry, ends[at - 1] ?? 0), Math.max(firstEntry, end)),
    );
    return given.lacksNewline ? file.subarray(0, -1) : file;
  });
  files[files.length - 1] = Buffer.concat([files.at(-1)!, Buffer.from(given.torn)]);
  const hashes = Buffer.concat(log.hashes);
  for (const at of given.hashAt) if (at < hashes.length) hashes[at]! ^= 1;
  const seals = Buffer.from(sealsOf(log.sealed.map((each) => each.line)));
  for (const at of given.sealAt) if (at < seals.length) seals[at]! ^= 1;
  const { note, chain } = log.sealed.at(-1)!;
  const checkpoint = { note: Buffer.from(note), chain: Buffer.from(chain) };
  for (const at of given.noteAt) if (at < checkpoint.note.length) checkpoint.note[at]! ^= 1;
  for (const at of given.chainAt) if (at < checkpoint.chain.length) checkpoint.chain[at]! ^= 1;
  const { revokedFrom, now, maxAge, retention, mustEnd } = given;
  return {
    verifierKey: log.verifierKey,
    files,
    seals,
    firstEntry,
    checkpoints: [{ note: checkpoint.note, chain: checkpoint.chain.toString('latin1') }],
    erased: given.erased.map(([from, count]) => [from, from + count] as const),
    ...(revokedFrom === undefined ? {} : { revokedFrom }),
    ...(given.withHashes ? { hashes } : {}),
    now,
    maxAge,
    retention,
    mustEnd,
  };
});
