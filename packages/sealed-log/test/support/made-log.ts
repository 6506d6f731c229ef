/** Sealed logs that the native packages sign, to be changed by tests. */
import type { KesSigningKey } from '@evolock/kes-sum';
import { keyAt } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { sealedLogVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { readKey, writeMaterial, writeVerifierKey, type LogKey } from '../../src/format/key.js';
import { writeNote } from '../../src/format/note.js';
import { signedMessage, writeSealLine, type Seal } from '../../src/format/seal.js';
import { Frontier, leafHash } from '../../src/format/tree.js';
import { algorithmOf, native, sha256 } from '../../src/native.js';

const vectors = sealedLogVectors();

/** The cases of the vectors that are not refused before anything is read: without the present time no age is judged. */
export const judgedCases = vectors.cases.filter(
  ({ input: { now, maxAge, retention } }) =>
    now !== undefined || (maxAge ?? retention) === undefined,
);

/** The proofs that hold of logs that are in the vectors as a whole. */
export const heldProofs = vectors.proofs.filter(
  ({ valid, verifierKey }) => valid && vectors.logs.some((log) => log.verifierKey === verifierKey),
);

/** Keys that were made. They stay, since tests use the same few again and again. */
const keys = new Map<string, KesSigningKey>();

function keyOf(depth: number, seed: Uint8Array, period: number): KesSigningKey {
  const name = [depth, period, ...seed].join();
  const key = keys.get(name) ?? keyAt(algorithmOf(depth), seed, period);
  keys.set(name, key);
  return key;
}

/** The key that begins with a number, made from a seed. */
export function keyOfSeed(origin: string, depth: number, first: number, seed: Uint8Array): LogKey {
  const verificationKey = keyOf(depth, seed, 0).deriveVerificationKey();
  return readKey(origin, writeMaterial(depth, first, verificationKey))!;
}

/** A signature of a key at a period. */
export function signAt(depth: number, seed: Uint8Array, period: number, message: Uint8Array) {
  return keyOf(depth, seed, period).sign(message);
}

/** All that decides a log. */
export interface LogPlan {
  readonly origin: string;
  readonly first: number;
  readonly depths: readonly number[];
  readonly seeds: readonly Uint8Array[];
  readonly entries: readonly Uint8Array[];
  readonly cuts: readonly {
    readonly size: number;
    readonly time: number;
    readonly flags: number;
  }[];
}

/** A log with everything that was made on the way. */
export interface MadeLog extends LogPlan {
  readonly verifierKey: string;
  readonly sealed: readonly {
    readonly seal: Seal;
    readonly key: LogKey;
    readonly seed: Uint8Array;
    readonly line: string;
    readonly note: string;
    /** The lines of the successions before it. */
    readonly chain: string;
  }[];
  /** The leaf hashes. */
  readonly hashes: readonly Uint8Array[];
}

/** Makes the log of a plan. There are as many keys as it needs. */
export function makeLog(plan: LogPlan): MadeLog {
  const { origin, depths, seeds, entries, cuts } = plan;
  const hashes = entries.map((entry) => leafHash(sha256, entry));
  const tree = new Frontier(sha256);
  const sealed: MadeLog['sealed'][number][] = [];
  const keyAtIndex = (index: number, first: number) =>
    keyOfSeed(origin, depths[index % depths.length]!, first, seeds[index] ?? seedOf(index));
  const firstKey = keyAtIndex(0, plan.first);
  let [key, index, chain] = [firstKey, 0, ''];
  cuts.forEach(({ size, time, flags }, at) => {
    const number = plan.first + at;
    while (tree.size < size) tree.append(hashes[tree.size]!);
    const goesOver = number === key.last && (flags & 2) === 0;
    const next = goesOver ? keyAtIndex(index + 1, number + 1) : undefined;
    const content = {
      ...{ number, time, size, root: tree.root() },
      flags: flags | (goesOver ? 1 : 0),
      successor: next?.material,
    };
    const seed = seeds[index] ?? seedOf(index);
    const message = signedMessage(origin, content);
    const seal = { ...content, signature: signAt(key.depth, seed, number - key.first, message) };
    const line = writeSealLine(seal);
    sealed.push({ seal, key, seed, line, note: writeNote(key, seal), chain });
    if (next === undefined) return;
    [key, index, chain] = [next, index + 1, chain + line];
  });
  return { ...plan, verifierKey: writeVerifierKey(firstKey), sealed, hashes };
}

/** The bytes of a file of entries. */
export function fileOf(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(entries.flatMap((entry) => [entry, Uint8Array.of(0x0a)]));
}

/** The entries of a file. */
export function entriesOf(file: Uint8Array): Uint8Array[] {
  const lines = Buffer.from(file).toString('latin1').split('\n').slice(0, -1);
  return lines.map((line) => Buffer.from(line, 'latin1'));
}

/** The bytes of a file of seals. */
export function sealsOf(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.join(''));
}

/** What a verifier gets of a whole log. */
export function filesOf({ verifierKey, entries, sealed }: MadeLog) {
  const seals = sealsOf(sealed.map(({ line }) => line));
  return { verifierKey, files: [fileOf(entries)], seals, cryptography: native };
}

const entry = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => bytes.map((byte) => (byte === 0x0a ? 0x0b : byte)));

/** Logs with successions, empty entries, entries that are the same, and several seals of one size. */
export const madeLogs: fc.Arbitrary<MadeLog> = fc
  .record({
    first: fc.constantFrom(0, 7),
    depths: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
    entries: fc.array(entry, { minLength: 1, maxLength: 20 }),
    sizes: fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }),
    steps: fc.array(fc.nat(30), { minLength: 8, maxLength: 8 }),
    starts: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    ends: fc.boolean(),
  })
  .map(({ first, depths, entries, sizes, steps, starts, ends }) => {
    let time = 1_795_000_000;
    const cuts = sizes
      .map((size) => Math.min(size, entries.length))
      .sort((left, right) => left - right)
      .map((size, at) => {
        time += steps[at]!;
        const isEnd = ends && at === sizes.length - 1;
        return { size, time, flags: (isEnd ? 2 : 0) | (starts[at]! ? 4 : 0) };
      });
    const origin = 'example.com/made';
    return makeLog({ origin, first, depths, seeds: [], entries, cuts });
  });

/** Cuts bytes anywhere, by sizes that repeat; a size of 0 is an empty piece. */
export function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    for (const size of sizes) {
      yield bytes.subarray(at, at + size);
      at += size;
    }
    // A list of zeros makes no way.
    if (sizes.every((size) => size === 0)) yield bytes.subarray(at, ++at);
  }
}
