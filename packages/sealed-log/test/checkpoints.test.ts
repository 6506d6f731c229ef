// Limits of notes and chains, at their edges: in JavaScript, native, and at any split.
import { sealedLogVectors } from '@evolock/test-vectors';
import { seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { readSealLine, writeSealLine } from '../src/format/seal.js';
import { native } from '../src/native.js';
import { verifySealedLog, type Checkpoint } from '../src/verify/index.js';
import { cut, filesOf, keyOfSeed, makeLog, type MadeLog } from './support/made-log.js';

const origin = 'example.com/limits';

/** A log that begins at a number, with keys of one seal each. */
function logFrom(first: number, seals: number): MadeLog {
  const cuts = Array.from({ length: seals }, (_, at) => ({ size: 0, time: at, flags: 0 }));
  return makeLog({ origin, first, depths: [0], seeds: [], entries: [], cuts });
}

/** The verdict on the first seals of a log, which is the same everywhere. */
async function verdictOn(log: MadeLog, seals: number, checkpoints: readonly Checkpoint[]) {
  const { sealed } = log;
  const given = { ...filesOf({ ...log, sealed: sealed.slice(0, seals) }), checkpoints };
  const verdict = await verifySealedLog(given);
  const split = { ...given, seals: cut(given.seals, [1, 7, 90]), cryptography: native };
  expect(await verifySealedLog(split)).toEqual(verdict);
  return verdict;
}

describe('a chain', () => {
  test.each([
    [65_536, ['behind-checkpoint', 'end-unproved']],
    [65_537, ['end-unproved', 'unverified-checkpoint']],
  ])('of %i lines, most of which are skipped', async (count, reasons) => {
    const log = logFrom(65_536, 3);
    const [, second, third] = log.sealed;
    const early = second!.line.replace(/^\d+/, '1');
    const skipped = early.repeat(count - 2);
    const checkpoint = { note: third!.note, chain: skipped + third!.chain };
    expect(await verdictOn(log, 1, [checkpoint])).toMatchObject({ reasons });
  });

  test('with a line beyond the end says nothing about it, beside two checkpoints', async () => {
    const log = logFrom(0, 4);
    const [, second, third, fourth] = log.sealed;
    // Another key follows the third seal: the log does not have its number.
    const seal = readSealLine(third!.line.trimEnd())!;
    const other = keyOfSeed(origin, 0, 3, seedOf(99));
    const forged = writeSealLine({ ...seal, successor: other.material });
    const checkpoints = [
      { note: second!.note, chain: second!.chain },
      { note: fourth!.note, chain: fourth!.chain },
      { note: second!.note, chain: third!.chain + forged },
    ];
    expect(await verdictOn(log, 2, checkpoints)).toMatchObject({
      failure: undefined,
      reasons: ['behind-checkpoint', 'end-unproved'],
      unverifiedCheckpoints: 0,
    });
  });
});

test('a note with a byte in a foreign name that is no UTF-8 does not count, and with a letter it does', async () => {
  const { verifierKey, entries, seals, notes } = sealedLogVectors().logs[0]!;
  const line = (name: Uint8Array) =>
    Buffer.concat([Buffer.from(`${notes[5]!}— `), name, Buffer.from(' AAAAAAA=\n')]);
  for (const [name, unverifiedCheckpoints] of [
    [Buffer.from('é'), 0],
    [Uint8Array.of(0x61, 0xff), 1],
  ] as const) {
    const checkpoints = [{ note: line(name) }];
    const verdict = await verifySealedLog({ verifierKey, files: [entries], seals, checkpoints });
    expect(verdict).toMatchObject({ failure: undefined, unverifiedCheckpoints });
  }
});
