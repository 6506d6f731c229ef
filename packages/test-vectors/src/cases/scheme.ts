/** The laws of every key evolving scheme, for one that has no vectors: over another leaf scheme, or at another depth. */
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { ConformanceError, type VectorLocation } from '../errors.js';
import { checkObject } from '../implementation.js';
import {
  conformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
  expectBytes,
  expectPeriod,
  expectRefusal,
  expectSize,
  expectUnreadable,
  expectVerdict,
  resized,
  withKey,
} from './case.js';

/** A signing key of a scheme: a `KesSigningKey` of `@evolock/kes-sum`. */
export interface SchemeKey {
  readonly period: number;
  /** The verification key, the same in every period. */
  deriveVerificationKey(): Uint8Array;
  /** Signs at the present period. */
  sign(message: Uint8Array): Uint8Array;
  /** Evolves the key to the next period. */
  update(): void;
  /** Evolves the key to a later period. */
  updateTo(period: number): void;
  /** Gives the blocks of the key to `push`, in order. */
  directSerialise(push: (block: Uint8Array) => void): void;
  /** Wipes the key. */
  release(): void;
}

/** A key evolving scheme: a `KesAlgorithm` of `@evolock/kes-sum`. */
export interface Scheme<Seed> {
  readonly name: string;
  readonly depth: number;
  readonly totalPeriods: number;
  readonly seedSize: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  /** Makes the key of a seed, at period 0. */
  generateKey(seed: Seed): SchemeKey;
  /** Reads a key from the blocks that `pull` fills. */
  directDeserialise(
    pull: (block: Uint8Array) => void,
    options?: { period?: number; verificationKey?: Uint8Array },
  ): SchemeKey;
  /** Whether a signature of a message holds at a period. */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

interface Released {
  /** Wipes the value. */
  release(): void;
}

/** Makes the seeds of keys: `MLockedSeed` of `@evolock/kes-sum`. This package depends on no other. */
export interface SchemeSeeds<Seed> {
  /** Makes a seed of the bytes. The cases release it. */
  fromBytes(bytes: Uint8Array): Seed & Released;
}

/** A scheme with what the bodies of its cases share. */
class SchemeSubject<Seed> {
  readonly algorithm: Scheme<Seed>;
  readonly #seeds: SchemeSeeds<Seed>;

  constructor(algorithm: Scheme<Seed>, seeds: SchemeSeeds<Seed>) {
    this.algorithm = algorithm;
    this.#seeds = seeds;
  }

  get lastPeriod(): number {
    return this.algorithm.totalPeriods - 1;
  }

  case(group: ConformanceGroup, what: string, body: () => Promise<void>): ConformanceCase {
    return conformanceCase(group, `${this.algorithm.name}: ${what}`, this.at(), body);
  }

  /** The place of a difference. */
  at(period?: number, entry?: string): VectorLocation {
    const file = this.algorithm.name;
    return {
      file,
      ...(period === undefined ? {} : { period }),
      ...(entry === undefined ? {} : { entry }),
    };
  }

  /** A key of one of several seeds, none of which is a secret. */
  generate(number = 0): SchemeKey {
    const { algorithm } = this;
    const bytes = Uint8Array.from(
      { length: algorithm.seedSize },
      (_, index) => 31 * index + number,
    );
    const seed = this.#seeds.fromBytes(bytes);
    try {
      return algorithm.generateKey(seed);
    } finally {
      seed.release();
    }
  }

  read(blocks: readonly Uint8Array[], options?: Parameters<Scheme<Seed>['directDeserialise']>[1]) {
    let next = 0;
    return this.algorithm.directDeserialise((block) => {
      block.set(blocks[next++] ?? []);
    }, options);
  }

  /** Generates a key and calls `look` at each period. */
  throughout(look: (key: SchemeKey, period: number) => Promise<void>): Promise<void> {
    return withKey(this.generate(), async (key) => {
      for (let period = 0; ; period += 1) {
        await look(key, period);
        if (period === this.lastPeriod) return;
        key.update();
      }
    });
  }

  /** Generates a key and calls `look` where every level is in its left half, and where it is in its right half. */
  atBothEnds(look: (key: SchemeKey, period: number) => Promise<void>): Promise<void> {
    return withKey(this.generate(), async (key) => {
      for (const period of new Set([0, this.lastPeriod])) {
        key.updateTo(period);
        await look(key, period);
      }
    });
  }

  /** A key is at a period, and is the same key as another. */
  async expectSame(key: SchemeKey, other: SchemeKey, period: number): Promise<void> {
    const location = this.at(period);
    const root = key.deriveVerificationKey();
    const message = messageOf(period);
    expectPeriod(location, key, period);
    await expectBytes(location, 'signing key', formOf(key), formOf(other));
    await expectBytes(location, 'verification key', root, other.deriveVerificationKey());
    await expectBytes(location, 'signature', key.sign(message), other.sign(message));
  }

  /** A signature of a key at its period has a verdict, with some of the arguments of `verify` replaced. */
  expectVerdict(
    key: SchemeKey,
    expected: boolean,
    entry: string,
    { root = key.deriveVerificationKey(), at = key.period, message = messageOf(key.period) } = {},
    signature = key.sign(messageOf(key.period)),
  ): Promise<void> {
    const verdict = this.algorithm.verify(root, at, message, signature);
    return expectVerdict(this.at(key.period, entry), 'the signature', verdict, expected);
  }
}

const messageOf = (period: number) => new Uint8Array(period).fill(period);

function blocksOf(key: SchemeKey): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  key.directSerialise((block) => void blocks.push(Uint8Array.from(block)));
  return blocks;
}

const formOf = (key: SchemeKey) => new Uint8Array(Buffer.concat(blocksOf(key)));

/** A copy of bytes with one bit changed. */
const changedAt = (bytes: Uint8Array, place: number) =>
  bytes.with(place, (bytes[place] ?? 0) ^ (1 << (place % 8)));

/** Sizes are those that the scheme states, at every period, and the verification key never changes. */
function sizesCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  const { algorithm } = subject;
  return subject.case('kes sizes', 'sizes and periods', () => {
    expectSize(subject.at(), 'the number of periods', algorithm.totalPeriods, 2 ** algorithm.depth);
    let root: Uint8Array | undefined;
    return subject.throughout(async (key, period) => {
      const location = subject.at(period);
      const derived = key.deriveVerificationKey();
      const { verificationKeySize, signatureSize, signingKeySize } = algorithm;
      expectPeriod(location, key, period);
      expectSize(location, 'the verification key size', derived.length, verificationKeySize);
      expectSize(location, 'the signature size', key.sign(derived).length, signatureSize);
      expectSize(location, 'the signing key size', formOf(key).length, signingKeySize);
      await expectBytes(location, 'verification key', derived, (root ??= derived));
    });
  });
}

/** A key signs a message twice alike. A key that was read could not be compared with the one that was written otherwise. */
function deterministicCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  return subject.case('kes signature', 'one signature of a message at each period', () =>
    subject.atBothEnds((key, period) => {
      const message = messageOf(period);
      const once = key.sign(message);
      const again = key.sign(message);
      if (Buffer.compare(once, again) === 0) return Promise.resolve();
      const difference = 'two signatures of one message differ: leaves have to be deterministic';
      throw new ConformanceError('ERR_EVOLOCK_SIGNATURE_MISMATCH', subject.at(period), difference);
    }),
  );
}

/** A signature is valid at its own period, and at no other integer. */
function periodsCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  const { totalPeriods } = subject.algorithm;
  const periods = Array.from({ length: totalPeriods + 2 }, (_, index) => index - 1);
  const far = [-totalPeriods, 2 * totalPeriods - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1, 1e300];
  return subject.case('kes verification', 'every signature at its own period only', () =>
    subject.throughout(async (key, period) => {
      const root = key.deriveVerificationKey();
      const signature = key.sign(messageOf(period));
      for (const at of [...periods, ...far, 2 ** 32 + period])
        await subject.expectVerdict(key, at === period, `at ${at}`, { root, at }, signature);
    }),
  );
}

/** No signature of another key, message or length, and none with a changed bit in any byte, so at any level. */
function negativeCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  return subject.case('kes negative', 'no signature with a changed bit at any level', () =>
    subject.atBothEnds(async (key, period) => {
      const root = key.deriveVerificationKey();
      const signature = key.sign(messageOf(period));
      const other = subject.generate(1);
      const otherRoot = other.deriveVerificationKey();
      other.release();
      const message = Uint8Array.of(...messageOf(period), 0);
      await subject.expectVerdict(key, false, 'of another key', { root: otherRoot });
      await subject.expectVerdict(key, false, 'message extended', { root, message });
      for (const place of root.keys()) {
        const changed = { root: changedAt(root, place) };
        await subject.expectVerdict(key, false, `root flipped in ${place}`, changed, signature);
      }
      for (const place of signature.keys()) {
        const changed = changedAt(signature, place);
        await subject.expectVerdict(key, false, `flipped in ${place}`, { root }, changed);
      }
      for (let size = 0; size <= 2 * signature.length; size += 1) {
        const cut = resized(signature, size);
        const isWhole = size === signature.length;
        await subject.expectVerdict(key, isWhole, `${size} bytes`, { root }, cut);
      }
      for (let size = 0; size <= 2 * root.length; size += 1) {
        const cut = { root: resized(root, size) };
        const isWhole = size === root.length;
        await subject.expectVerdict(key, isWhole, `root of ${size} bytes`, cut, signature);
      }
    }),
  );
}

/** A key that was read has its verification key: a leaf scheme whose `load` does not write it breaks no other law at depth 0. */
function loadCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  return subject.case('kes verification key', 'a key that is read has its verification key', () =>
    withKey(subject.generate(), async (key) => {
      const difference =
        'a key that is read has another verification key: `load` of a leaf has to write it, as `generate` does';
      const code = 'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH';
      const root = key.deriveVerificationKey();
      try {
        await withKey(subject.read(blocksOf(key)), (read) => {
          if (Buffer.compare(read.deriveVerificationKey(), root) === 0) return;
          throw new Error(difference);
        });
      } catch (cause) {
        throw new ConformanceError(code, subject.at(0), difference, { cause });
      }
    }),
  );
}

/** A key is read as it was written at every period, with its own period and verification key only, and evolves on. */
function readBackCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  return subject.case('kes read back', 'a key is read back at every period', () =>
    subject.throughout(async (key, period) => {
      const blocks = blocksOf(key);
      const verificationKey = key.deriveVerificationKey();
      await withKey(subject.read(blocks, { period, verificationKey }), async (read) => {
        await subject.expectSame(read, key, period);
      });
      await withKey(subject.read(blocks), async (read) => {
        await subject.expectSame(read, key, period);
        if (period === subject.lastPeriod) return;
        await withKey(subject.generate(), async (next) => {
          next.updateTo(period + 1);
          read.update();
          await subject.expectSame(read, next, period + 1);
        });
      });
      for (const other of [period - 1, period + 1]) {
        const location = subject.at(period, `stated period ${other}`);
        await expectUnreadable(location, () => subject.read(blocks, { period: other }));
      }
    }),
  );
}

/** A key with a changed bit in any block, so at any level, is refused by its verification key. */
function keyNegativeCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  return subject.case('kes key negative', 'no key with a changed bit at any level', () =>
    subject.atBothEnds(async (key, period) => {
      const verificationKey = key.deriveVerificationKey();
      const blocks = blocksOf(key);
      for (const [index, block] of blocks.entries()) {
        const location = subject.at(period, `byte changed in block ${index}`);
        const changed = blocks.with(index, changedAt(block, block.length - 1));
        await expectUnreadable(location, () => subject.read(changed, { verificationKey }));
      }
      const location = subject.at(period, 'verification key of another key');
      const another = { verificationKey: changedAt(verificationKey, 0) };
      await expectUnreadable(location, () => subject.read(blocks, another));
    }),
  );
}

/** A step over several periods is the same as single steps. A key goes to no earlier period, and to none after the last. */
function stepsCase<Seed>(subject: SchemeSubject<Seed>): ConformanceCase {
  return subject.case('kes last period', 'a key goes to later periods only, up to the last', () =>
    subject.throughout(async (key, period) => {
      await withKey(subject.generate(), async (stepped) => {
        stepped.updateTo(period);
        await subject.expectSame(stepped, key, period);
        const moves = [period - 1, subject.lastPeriod + 1].map((to) => () => stepped.updateTo(to));
        if (period === subject.lastPeriod) moves.push(() => stepped.update());
        const difference = 'an update to a period before or after those of the key did not throw';
        const accepted = () =>
          new ConformanceError('ERR_EVOLOCK_UPDATE_ACCEPTED', subject.at(period), difference);
        for (const move of moves) await expectRefusal(move, accepted);
        await subject.expectSame(stepped, key, period);
      });
    }),
  );
}

/**
 * The laws of a key evolving scheme, for any test framework. They need no vectors, so they test a scheme over a leaf scheme
 * of your own: leaves are deterministic, a signature is valid at its own period only, no bit of it can be changed, a key is read back at every
 * period, and sizes are those that the scheme states. Every pair of periods is tried; a depth of 2 or 3 tests what differs.
 * The seeds are `MLockedSeed` of `@evolock/kes-sum`.
 */
export function schemeCases<Seed>(
  algorithm: Scheme<Seed>,
  seeds: SchemeSeeds<Seed>,
): ConformanceCase[] {
  checkObject('algorithm', algorithm);
  const { name } = algorithm;
  if (typeof name !== 'string') throw wrongType('algorithm.name', 'a string', name);
  if (name === '') throw wrongValue('algorithm.name', 'a name', 'an empty string');
  if (typeof (seeds as Partial<SchemeSeeds<Seed>> | undefined)?.fromBytes !== 'function')
    throw wrongType('seeds', 'MLockedSeed of @evolock/kes-sum', seeds);
  const subject = new SchemeSubject(algorithm, seeds);
  return [
    deterministicCase,
    sizesCase,
    periodsCase,
    negativeCase,
    loadCase,
    readBackCase,
    keyNegativeCase,
    stepsCase,
  ].map((caseOf) => caseOf(subject));
}
