import { sha256 } from '@noble/hashes/sha2.js';
import { sealedLogVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../src/format/base64.js';
import {
  faultOfVerifierKey,
  isOrigin,
  keyId,
  readKey,
  readVerifierKey,
  writeMaterial,
  writeVerifierKey,
} from '../src/format/key.js';
import { readNote, sealOfLine, writeNote } from '../src/format/note.js';
import { keyAfter, readSealLine, signedMessage, writeSealLine } from '../src/format/seal.js';
import { Frontier, leafHash, rootOfPath } from '../src/format/tree.js';
import { entriesOf } from './support/made-log.js';

const { logs, cases } = sealedLogVectors();

/** The seals of the lines of a note. */
function sealsIn(text: string) {
  const note = readNote(text)!;
  return note.lines.map((line) => ({ id: line.id, seal: sealOfLine(note, line) }));
}
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const linesOf = (bytes: Uint8Array) => text(bytes).split('\n').slice(0, -1);

describe.each(logs.map((log) => [log.name, log] as const))('the log %s', (_, log) => {
  test('has a verifier key that is read and written again', () => {
    const key = readVerifierKey(log.verifierKey)!;
    expect([key.origin, key.depth]).toEqual([log.origin, log.depths[0]]);
    expect(writeVerifierKey(key)).toBe(log.verifierKey);
    expect(writeMaterial(key.depth, key.first, key.verificationKey)).toEqual(key.material);
  });

  test('has seals that are read and written again, as lines and as notes, under the keys in order', () => {
    let key = readVerifierKey(log.verifierKey)!;
    for (const [at, line] of linesOf(log.seals).entries()) {
      const seal = readSealLine(line)!;
      const { size, time, flags } = log.cuts[at]!;
      expect([seal.size, seal.time, seal.flags & ~1]).toEqual([size, time, flags]);
      expect(writeSealLine(seal)).toBe(`${line}\n`);
      expect(writeNote(key, seal)).toBe(log.notes[at]);
      expect(sealsIn(log.notes[at]!)).toEqual([{ id: keyId(key), seal }]);
      key = keyAfter(key, seal)!;
    }
  });

  test('has the roots and the leaf hashes of RFC 6962', () => {
    const seals = linesOf(log.seals).map((line) => readSealLine(line)!);
    const leaves = entriesOf(log.entries).map((entry) => leafHash(sha256, entry));
    expect(Buffer.concat(leaves)).toEqual(Buffer.from(log.hashes));
    const tree = new Frontier(sha256);
    for (const { size, root } of seals) {
      while (tree.size < size) tree.append(leaves[tree.size]!);
      expect(tree.root()).toEqual(root);
    }
  });
});

test('the signed message is the one that the format page prints', () => {
  const seal = readSealLine(linesOf(logs[0]!.seals)[0]!)!;
  expect(text(signedMessage('example.com/one-key', seal))).toBe(
    'evolock-seal/v1\nnumber 0\ntime 1795000000\nflags 0\nexample.com/one-key\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  );
});

test('verifier keys that are not of the form are refused', () => {
  const wrong = cases.filter(({ expected }) => expected.failure === 'key');
  expect(wrong.length).toBeGreaterThan(5);
  for (const { input } of wrong) expect(readVerifierKey(input.verifierKey)).toBeUndefined();
});

test('every change of one character of a verifier key has a reason, which names the part', () => {
  const { verifierKey } = logs[0]!;
  expect(faultOfVerifierKey(verifierKey)).toBeUndefined();
  const place = fc.nat({ max: verifierKey.length - 1 });
  fc.assert(
    fc.property(place, fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
      fc.pre(other !== verifierKey[at]);
      const wrong = verifierKey.slice(0, at) + other + verifierKey.slice(at + 1);
      expect(readVerifierKey(wrong)).toBeUndefined();
      expect(faultOfVerifierKey(wrong)).toMatch(/ID|last part|name|form|space/);
    }),
  );
});

test('an origin has 1 to 255 bytes of visible ASCII without a plus', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (origin) => {
      const bytes = new TextEncoder().encode(origin);
      const holds =
        bytes.length >= 1 &&
        bytes.length <= 255 &&
        bytes.every((byte) => byte >= 0x21 && byte <= 0x7e && byte !== 0x2b);
      expect(isOrigin(origin)).toBe(holds);
    }),
  );
});

const content = fc.record({
  number: fc.maxSafeNat(),
  time: fc.maxSafeNat(),
  flags: fc.constantFrom(0, 2, 4, 6),
  size: fc.maxSafeNat(),
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  signature: fc.uint8Array({ minLength: 96, maxLength: 736 }),
});
const verificationKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('any seal with any successor is read from its line and from its note as it was written', () => {
  const key = readKey('example.com/x', writeMaterial(3, 0, new Uint8Array(32)))!;
  fc.assert(
    fc.property(
      content,
      fc.option(fc.tuple(fc.nat(20), fc.maxSafeNat(), verificationKey)),
      (fields, next) => {
        const successor = next === null ? undefined : writeMaterial(...next);
        const flags = next === null ? fields.flags : (fields.flags & 4) | 1;
        const seal = { ...fields, flags, successor };
        const line = writeSealLine(seal);
        expect(readSealLine(line.slice(0, -1))).toEqual(line.length <= 1201 ? seal : undefined);
        expect(sealsIn(writeNote(key, seal))).toEqual([{ id: keyId(key), seal }]);
      },
    ),
  );
});

test('base64 is read in its one canonical form', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('A', 'B', '+', '_', '=', '\n', ' ', 'é') }),
      (given) => {
        const bytes = decodeBase64(given);
        if (bytes !== undefined) expect(encodeBase64(bytes)).toBe(given);
      },
    ),
  );
});

test('the path of any leaf leads to the root at any size, and no other path does', () => {
  const leaf = (at: number) => leafHash(sha256, Uint8Array.of(at));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(69), fc.nat(69), (size, of, resumed) => {
      const index = of % size;
      const whole = new Frontier(sha256, undefined, index);
      let parts = new Frontier(sha256);
      for (let at = 0; at < size; at += 1) {
        whole.append(leaf(at));
        if (at === resumed) parts = new Frontier(sha256, parts);
        parts.append(leaf(at));
      }
      const path = whole.path();
      const root = whole.root();
      expect(parts.root()).toEqual(root);
      const rootOf = (place: { index: number; size: number }, given = leaf(index), by = path) =>
        rootOfPath(sha256, place, given, by);
      expect(rootOf({ index, size })).toEqual(root);
      expect(rootOf({ index, size }, leaf(index + 100))).not.toEqual(root);
      expect(rootOf({ index, size }, leaf(index), [...path, root])).toBeUndefined();
      if (size > 1) expect(rootOf({ index, size }, leaf(index), path.slice(1))).not.toEqual(root);
      expect(rootOf({ index: size, size })).toBeUndefined();
      for (let other = 0; other < size; other += 1)
        if (other !== index) expect(rootOf({ index: other, size })).not.toEqual(root);
    }),
    { numRuns: 60 },
  );
});
