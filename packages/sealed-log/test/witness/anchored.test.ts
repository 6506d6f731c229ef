// What the cosignatures of witnesses add to the verdict on a log, and on a proof.
import { describeProof, describeVerdict } from '../../src/words/index.js';
import { expect, test } from 'vitest';
import {
  proveEntry,
  readWitnessPolicy,
  verifyEntryProof,
  verifySealedLog,
  type SealedLogState,
} from '../../src/verify/index.js';
import { fileOf, filesOf, makeLog, sealsOf } from '../support/made-log.js';
import { NotesKey, textOf, witnessOf } from '../support/witnesses.js';

const origin = 'example.com/witnessed';
const entries = Array.from({ length: 9 }, (_, index) => Buffer.from(`entry ${index}`));
const cuts = [2, 4, 4, 9].map((size, at) => ({ size, time: 1000 + at, flags: 0 }));
const log = makeLog({ origin, first: 0, depths: [1], seeds: [], entries, cuts });
const noteKey = new NotesKey(origin, 1, 9);
const [one, two] = [witnessOf(1), witnessOf(2)];
const policy = readWitnessPolicy(
  `log ${noteKey.verifierKey}\nwitness w1 ${one.verifierKey}\nwitness w2 ${two.verifierKey}\ngroup both all w1 w2\nquorum both\n`,
);
const asked = { now: new Date(1_500_000), maxAge: 1000, policy };

/** The checkpoint of a seal with the cosignatures of both witnesses. */
function cosigned(at: number, ours = true) {
  const { note, chain } = log.sealed[at]!;
  const text = textOf(note);
  const line = note.slice(text.length + 1);
  const lines = [noteKey.line(text), one.line(text, 1200 + at), two.line(text, 1300 + at)];
  return { note: `${text}\n${ours ? line : ''}${lines.join('')}`, chain };
}

const verdictOn = (checkpoints: readonly ReturnType<typeof cosigned>[]) =>
  verifySealedLog({ ...filesOf(log), ...asked, checkpoints });

test('the largest tree of several checkpoints is anchored, at its earliest time', async () => {
  const verdict = await verdictOn([cosigned(0), cosigned(2), cosigned(1)]);
  const { root } = log.sealed[1]!.seal;
  const witnessed = { size: 4, root, time: 1301, names: ['w1', 'w2'] };
  expect(verdict).toMatchObject({ result: 'valid', witnessed });
  expect(describeVerdict(verdict).facts).toContainEqual({
    name: 'anchored',
    tone: 'good',
    words: 'entries to 4 are anchored before 1970-01-01 00:21:41 UTC by w1 and w2; 5 are not yet',
  });
});

test.each([
  ['no checkpoint', [], ['not-witnessed']],
  ['one without our line', [cosigned(1, false)], ['not-witnessed', 'unverified-checkpoint']],
  [
    'one with one cosignature',
    [{ ...cosigned(1), note: cosigned(1).note.replace(/— \S+w2 .*\n/, '') }],
    ['not-witnessed'],
  ],
])('a quorum is not met by %s', async (_, checkpoints, reasons) => {
  const verdict = await verdictOn(checkpoints);
  expect(verdict).toMatchObject({ reasons, witnessed: undefined });
  expect(
    await verifySealedLog({ ...filesOf(log), ...asked, policy: undefined, checkpoints }),
  ).toMatchObject({ witnessed: undefined, reasons: reasons.slice(1) });
});

test('a checkpoint beyond the last seal anchors nothing, and one of a fork neither', async () => {
  const short = { ...log, sealed: log.sealed.slice(0, 2) };
  const files = [fileOf(entries)];
  expect(
    await verifySealedLog({ ...filesOf(short), files, ...asked, checkpoints: [cosigned(3)] }),
  ).toMatchObject({ reasons: ['behind-checkpoint', 'not-witnessed'], witnessed: undefined });
  const changed = entries.map(() => Buffer.from('other'));
  const other = makeLog({ origin, first: 0, depths: [1], seeds: [], entries: changed, cuts });
  expect(
    await verifySealedLog({ ...filesOf(other), ...asked, checkpoints: [cosigned(3)] }),
  ).toMatchObject({ failure: 'fork', witnessed: undefined });
});

test('a run that goes on from a state counts the checkpoint that an earlier one compared, and no other', async () => {
  const first = await verdictOn([cosigned(1)]);
  const from = JSON.parse(JSON.stringify(first.state)) as SealedLogState;
  const seals = sealsOf([log.sealed.at(-1)!.line]);
  const given = { ...filesOf(log), seals, hashes: new Uint8Array(0), from, ...asked };
  const again = await verifySealedLog({ ...given, checkpoints: [cosigned(1)] });
  expect(again).toMatchObject({ result: 'valid', witnessed: { size: 4 }, earlierCheckpoints: 1 });
  expect(again.state?.witnessed).toEqual(from.witnessed);
  const other = await verifySealedLog({ ...given, checkpoints: [cosigned(0)] });
  expect(other).toMatchObject({ reasons: ['not-witnessed'], earlierCheckpoints: 1 });
});

test('a proof carries a cosigned checkpoint, and says when it was witnessed', async () => {
  const { note } = cosigned(1);
  const given = { ...filesOf(log), entry: 0 };
  const { proof = '' } = await proveEntry({ ...given, checkpoint: note });
  const check = { verifierKey: log.verifierKey, entry: entries[0]!, proof, ...asked };
  const { maxAge: _, ...options } = check;
  const verdict = verifyEntryProof(options);
  expect(verdict).toMatchObject({ result: 'valid', seal: 1, witnessed: { time: 1301, size: 4 } });
  expect(describeProof(verdict).words).toMatch(/and anchored before .* by w1 and w2$/);
  const early = verifyEntryProof({ ...options, now: new Date(1_000_000) });
  expect(early).toMatchObject({ result: 'incomplete', failure: 'not-witnessed', seal: 1 });

  const foreign = note.replace(textOf(note), textOf(log.sealed[3]!.note));
  expect(await proveEntry({ ...given, checkpoint: foreign })).toMatchObject({
    failure: 'checkpoint',
  });
  expect(await proveEntry({ ...given, entry: 8, checkpoint: note })).toMatchObject({
    failure: 'checkpoint',
  });
  expect(await proveEntry({ ...given, entry: 9, checkpoint: note })).toMatchObject({
    failure: 'not-sealed',
  });
});
