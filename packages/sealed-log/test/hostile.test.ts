// Bytes that no sealer writes: the answer is typed, and memory does not grow with them.
import { sealedLogVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signedMessage, writeSealLine } from '../src/format/seal.js';
import { native } from '../src/native.js';
import { proveEntry, verifyEntryProof, verifySealedLog } from '../src/verify/index.js';
import {
  fileOf,
  filesOf,
  heldProofs,
  makeLog,
  madeLogs,
  sealsOf,
  signAt,
} from './support/made-log.js';

const { logs, proofs } = sealedLogVectors();
const { verifierKey, entries, seals } = logs[0]!;

/** The same piece for ever. */
function* endless(piece: Uint8Array) {
  for (;;) yield piece;
}

test('a file of seals without a newline is refused after one line, however long it is', async () => {
  const given = { verifierKey, files: [entries], seals: endless(new Uint8Array(7).fill(0x61)) };
  expect(await verifySealedLog(given)).toMatchObject({ failure: 'form', at: 0 });
});

test('endless files are read no further than a failure needs', async () => {
  const bad = Uint8Array.from(seals);
  bad[200]! ^= 1;
  const given = {
    verifierKey,
    files: [endless(entries)],
    seals: endless(bad),
    hashes: endless(entries),
  };
  expect(await verifySealedLog(given)).toMatchObject({ result: 'invalid', at: 0 });
  const files = [endless(new TextEncoder().encode('x\n'))];
  expect(await verifySealedLog({ verifierKey, files, seals })).toMatchObject({
    failure: 'entries',
  });
});
test('a seal over more entries than there are is missing-entries, also beyond any memory', async () => {
  const [one] = makeLog({
    ...{ origin: 'example.com/liar', first: 0, depths: [1], seeds: [], entries: [] },
    cuts: [{ size: 0, time: 0, flags: 0 }],
  }).sealed;
  const { seal, key, seed } = one!;
  const lie = { ...seal, size: Number.MAX_SAFE_INTEGER };
  const signature = signAt(key.depth, seed, 0, signedMessage(key.origin, lie));
  const log = makeLog({
    ...{ origin: key.origin, first: 0, depths: [1], seeds: [], entries: [] },
    cuts: [{ size: 0, time: 0, flags: 0 }],
  });
  const line = writeSealLine({ ...lie, signature });
  const given = { ...filesOf(log), files: [entries], seals: sealsOf([line]) };
  expect(await verifySealedLog(given)).toMatchObject({ failure: 'missing-entries', at: 0 });
  const hashes = new Uint8Array(64);
  expect(await verifySealedLog({ ...given, hashes })).toMatchObject({ failure: 'missing-entries' });
  // Entries that are said to be gone are not counted one by one.
  const firstEntry = Number.MAX_SAFE_INTEGER;
  for (const known of [{}, { hashes }])
    expect(await verifySealedLog({ ...given, ...known, firstEntry })).toMatchObject({
      failure: known.hashes === undefined ? 'missing-entries' : 'entries',
    });
});

test('a log in which every second entry is erased or changed has bounded lists, and exact counts', async () => {
  const count = 25_000;
  const all = Array.from({ length: count }, (_, at) => Uint8Array.of(0x61, at & 3));
  const log = makeLog({
    ...{ origin: 'example.com/long', first: 0, depths: [2], seeds: [], entries: all },
    cuts: [{ size: count, time: 0, flags: 0 }],
  });
  const hashes = Buffer.concat(log.hashes);
  const erased = all.map((entry, at) => (at % 2 === 0 ? new Uint8Array(0) : entry));
  const given = { ...filesOf(log), files: [fileOf(erased)], hashes };
  const accepted = await verifySealedLog({ ...given, erased: [[0, count]] });
  expect(accepted).toMatchObject({ erasedEntries: count / 2, changedEntries: 0, state: undefined });
  expect(accepted.erased).toHaveLength(10_000);
  const others = all.map((entry, at) => (at % 2 === 0 ? Uint8Array.of(0x62) : entry));
  const changed = await verifySealedLog({ ...filesOf(log), files: [fileOf(others)], hashes });
  expect(changed).toMatchObject({
    failure: 'entries',
    erasedEntries: 0,
    changedEntries: count / 2,
  });
  expect(changed.changed).toHaveLength(10_000);
});

test('any bytes have a verdict', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.nat(seals.length).map((at) => seals.subarray(0, at)),
    fc.nat(seals.length).map((at) => seals.subarray(at)),
    fc.nat(entries.length).map((at) => entries.subarray(at)),
  );
  const source = fc.array(piece, { maxLength: 4 });
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...logs.flatMap(({ notes }) => notes)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record(
        { files: fc.array(source), seals: source, hashes: source },
        { requiredKeys: ['files', 'seals'] },
      ),
      fc.array(fc.record({ note: text, chain: text }), { maxLength: 2 }),
      fc.boolean(),
      async (given, checkpoints, mustEnd) => {
        const log = { ...given, verifierKey, cryptography: native };
        const { result } = await verifySealedLog({ ...log, checkpoints, mustEnd });
        expect(['valid', 'incomplete', 'invalid']).toContain(result);
        await proveEntry({ ...log, entry: 3 });
      },
    ),
    { numRuns: 300 },
  );
});

test('a proof in which any byte is another one does not hold, and any text is judged', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...heldProofs),
      fc.nat(),
      fc.string({ minLength: 1 }),
      (one, at, by) => {
        const place = at % one.proof.length;
        const proof = one.proof.slice(0, place) + by + one.proof.slice(place + by.length);
        fc.pre(proof !== one.proof);
        const given = { verifierKey: one.verifierKey, entry: one.entry, cryptography: native };
        expect(verifyEntryProof({ ...given, proof }).result).toBe('invalid');
        for (const cut of [one.proof.slice(0, place), one.proof.slice(place + 1), by])
          expect(verifyEntryProof({ ...given, proof: cut }).result).toBe('invalid');
        const entry = Uint8Array.of(...one.entry, at % 256);
        expect(verifyEntryProof({ ...given, proof: one.proof, entry }).result).toBe('invalid');
      },
    ),
    { numRuns: 300 },
  );
});

test('a proof or a checkpoint with very many lines is judged', () => {
  const [{ entry, proof, verifierKey: ofProof }] = proofs as [(typeof proofs)[number]];
  const rest = { verifierKey: ofProof };
  const [head = '', note = ''] = proof
    .split('\n\n', 1)
    .concat(proof.slice(proof.indexOf('\n\n') + 2));
  const hash = head.split('\n').at(-1)!;
  const many = `${head}${`\n${hash}`.repeat(100_000)}\n\n${note}`;
  // No tree has a path of more than 53 hashes.
  expect(verifyEntryProof({ ...rest, entry, proof: many }).failure).toBe('form');
  const chain = btoa(
    logs[1]!.seals.reduce((text, byte) => text + String.fromCharCode(byte), '').repeat(200),
  );
  const chained = proof.replace('\n', `\nextra ${chain}\n`);
  expect(verifyEntryProof({ ...rest, entry, proof: chained }).failure).toBe('chain');
  const [line] = note.split('\n').slice(-2);
  const signed = `${head}\n\n${note}${`${line!}\n`.repeat(200)}`;
  expect(verifyEntryProof({ ...rest, entry, proof: signed }).failure).toBe('form');
});

test('a chain in a proof has one form: no byte order mark, and no empty extra', () => {
  const [one] = proofs.filter(({ valid, proof }) => valid && proof.includes('\nextra '));
  const { proof, entry, verifierKey: ofProof } = one!;
  const given = { entry, verifierKey: ofProof };
  expect(verifyEntryProof({ ...given, proof }).result).toBe('valid');
  const marked = proof.replace(/^extra (.*)$/m, (_, chain: string) => {
    const bytes = [0xef, 0xbb, 0xbf, ...Buffer.from(chain, 'base64')];
    return `extra ${Buffer.from(bytes).toString('base64')}`;
  });
  expect(verifyEntryProof({ ...given, proof: marked }).failure).toBe('chain');
  const [other] = proofs.filter(({ valid, proof }) => valid && !proof.includes('\nextra '));
  const empty = other!.proof.replace('\n', '\nextra \n');
  const { entry: ofOther, verifierKey: byOther } = other!;
  const verdict = verifyEntryProof({ entry: ofOther, verifierKey: byOther, proof: empty });
  expect(verdict.failure).toBe('form');
});

test('proofs of made logs hold, through any number of successions', async () => {
  await fc.assert(
    fc.asyncProperty(madeLogs, fc.nat(), async (log, chosen) => {
      const index = chosen % log.entries.length;
      const { proof, failure } = await proveEntry({ ...filesOf(log), entry: index });
      const covering = log.sealed.find(({ seal }) => seal.size > index);
      if (covering === undefined) {
        expect(failure).toBe('not-sealed');
        return;
      }
      const given = { verifierKey: log.verifierKey, entry: log.entries[index]! };
      expect(verifyEntryProof({ ...given, proof: proof!, cryptography: native })).toEqual({
        ...{ result: 'valid', failure: undefined, index },
        ...{ seal: covering.seal.number, time: covering.seal.time },
      });
    }),
  );
});
