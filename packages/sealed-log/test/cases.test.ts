import {
  conformanceCases,
  sealedLogVectors,
  type SealedLogImplementation,
  type SealedLogPlan,
} from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { readVerifierKey } from '../src/format/key.js';
import { proveEntry, verifyEntryProof, verifySealedLog } from '../src/verify/index.js';
import { entriesOf, heldProofs, makeLog, sealsOf } from './support/made-log.js';

const { logs } = sealedLogVectors();

/** The format and the native keys of the tests, as a sealer. */
function madeOf({ origin, verifierKey, depths, seeds, cuts, entries: file }: SealedLogPlan) {
  const { first } = readVerifierKey(verifierKey)!;
  const made = makeLog({ origin, first, depths, seeds, cuts, entries: entriesOf(file) });
  expect(made.verifierKey).toBe(verifierKey);
  return {
    seals: sealsOf(made.sealed.map(({ line }) => line)),
    hashes: new Uint8Array(Buffer.concat(made.hashes)),
    notes: made.sealed.map(({ note }) => note),
  };
}

describe('the package conforms to the vectors', () => {
  const sealedLogs: SealedLogImplementation = {
    verify: verifySealedLog,
    checkProof: (proof) => verifyEntryProof(proof).result === 'valid',
    makeLog: madeOf,
  };
  const cases = conformanceCases({ sealedLogs });
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);

  test('all of them', () => {
    expect(cases.length).toBe(289 + 60 + 10);
  });
});

test.each(heldProofs.map((one) => [one.of, one] as const))(
  'the proof of an entry of %s is made again',
  async (_, { verifierKey, entry, proof }) => {
    const log = logs.find((one) => one.verifierKey === verifierKey)!;
    const { index, seal } = verifyEntryProof({ verifierKey, entry, proof });
    const given = { verifierKey, files: [log.entries], seals: log.seals, entry: index!, seal };
    expect(await proveEntry(given)).toEqual({ proof, failure: undefined, at: undefined });
  },
);

test('entries of every log have proofs of the first seal that covers them and of the last', async () => {
  for (const { verifierKey, entries, seals, hashes, cuts } of logs) {
    const last = cuts.at(-1)!;
    const { first } = readVerifierKey(verifierKey)!;
    for (let index = 0; index < last.size; index += 5) {
      const covering = first + cuts.findIndex(({ size }) => size > index);
      for (const seal of [undefined, first + cuts.length - 1]) {
        const given = { verifierKey, files: [entries], seals, hashes, entry: index, seal };
        const { proof = '' } = await proveEntry(given);
        const verdict = verifyEntryProof({ verifierKey, entry: entriesOf(entries)[index]!, proof });
        expect(verdict).toMatchObject({ result: 'valid', index, seal: seal ?? covering });
      }
    }
    const behind = { verifierKey, files: [entries], seals, entry: last.size };
    expect(await proveEntry(behind)).toMatchObject({ proof: undefined, failure: 'not-sealed' });
  }
});
