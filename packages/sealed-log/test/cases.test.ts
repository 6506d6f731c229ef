import { sealedLogVectors, type SealedLogExpectation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { proveEntry, verifyEntryProof, verifySealedLog } from '../src/verify/index.js';

const { logs, cases, proofs } = sealedLogVectors();

/** What a verdict is when an expectation does not name it. */
const unnamed: Partial<SealedLogExpectation> = {
  endUnproved: false,
  hashesWrong: false,
  unverifiedCheckpoints: 0,
  changed: [],
  pruned: [],
};

test.each(cases.map((one) => [one.name, one] as const))(
  'the verdict on: %s',
  async (_, { input, expected }) => {
    const isTornEntry = expected.result === 'invalid' ? {} : { tornEntry: false };
    const verdict = await verifySealedLog(input);
    expect(verdict).toMatchObject({ ...unnamed, ...isTornEntry, ...expected });
  },
);

test.each(proofs.map((one) => [`${one.of}, ${one.valid ? 'valid' : 'invalid'}`, one] as const))(
  'the proof of an entry of %s',
  (_, { valid, ...given }) => {
    expect(verifyEntryProof(given).result).toBe(valid ? 'valid' : 'invalid');
  },
);

test.each(proofs.filter(({ valid }) => valid).map((one) => [one.of, one] as const))(
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
    const lines = Buffer.from(entries).toString('latin1').split('\n');
    const last = cuts.at(-1)!;
    const first = Number(Buffer.from(seals).toString().split(' ')[0]);
    for (let index = 0; index < last.size; index += 5) {
      const covering = first + cuts.findIndex(({ size }) => size > index);
      for (const seal of [undefined, first + cuts.length - 1]) {
        const given = { verifierKey, files: [entries], seals, hashes, entry: index, seal };
        const { proof = '' } = await proveEntry(given);
        const entry = Buffer.from(lines[index]!, 'latin1');
        const verdict = verifyEntryProof({ verifierKey, entry, proof });
        expect(verdict).toMatchObject({ result: 'valid', index, seal: seal ?? covering });
      }
    }
    const behind = { verifierKey, files: [entries], seals, entry: last.size };
    expect(await proveEntry(behind)).toMatchObject({ proof: undefined, failure: 'not-sealed' });
  }
});
