import { pushWhole } from '@evolock/direct-serialise';
import {
  checkBytes,
  checkFunction,
  ownOption,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  checkSeed,
  KesPeriodError,
  LastPeriodError,
  LockedValue,
  type AllocationOptions,
  type KesAlgorithm,
  type KesKeyOptions,
  type KesReadOptions,
  type KesSignature,
  type KesSigningKey,
  type KesVerificationKey,
  type MLockedSeed,
  type Pull,
  type Push,
} from '@evolock/kes-single';
import {
  copyOf,
  copySecret,
  filled,
  isInUse,
  lendOwnBlocks,
  lendWithin,
  unsoundMemory,
} from '@evolock/kes-single/unsound-memory';
import { checkPeriod, keptLevelsOf, verificationKeyCheck } from '@evolock/kes-single/composition';
import type { EvolutionBench } from './evolution-bench.js';
import { InconsistentKeyError } from './errors.js';
import { KeptKeys } from './kept-keys.js';
import { checkClaims, generateSubtree, readClaimedKey } from './key-reader.js';
import { KeyBusyError } from './scratch.js';
import { halfOf } from './signature-tail.js';
import { samePublicBytes } from './public-bytes.js';
import { Standing } from './standing.js';
import { boundary, side, type TreeGeometry } from './tree-geometry.js';
import { VerificationTree } from './verification-tree.js';

/** What a key needs to know of its algorithm. */
export interface SumParts {
  readonly algorithm: KesAlgorithm;
  readonly geometry: TreeGeometry;
  /** Where the leaf of one key at a time signs, which is public: a view of its own would cost each key 100 bytes. */
  readonly leafSignature: Uint8Array;
  /**
   * For the signature of the next key that moves on. A step takes it, and leaves the signature of the past period in its
   * place when it is done: no end of a step leaves one that a key still uses.
   */
  spareSignature: Uint8Array | undefined;
  /** The bench of the algorithm; reserves it at the first call. */
  bench(): EvolutionBench;
}

/** What the constructor knows its own class by: see the one of Ed25519's signing key. */
const internal = Symbol('SumKesSigningKey');

/**
 * A composed key, whatever its depth: one slot of locked memory (the leaf and the right seed of every level), and where
 * it stands, which is public.
 *
 * @internal
 */
export class SumKesSigningKey extends LockedValue implements KesSigningKey {
  readonly #parts: SumParts;
  readonly #keptLevels: number;
  /** Given together with the secrets, before anybody sees the key. */
  #standing!: Standing;
  /** Whether the key knows that what it claims is true. */
  #checked = true;
  readonly #leaf: Uint8Array;

  private constructor(
    caller: symbol,
    parts: SumParts,
    keptLevels: number,
    options: AllocationOptions | undefined,
  ) {
    if (caller !== internal) throw wrongType('caller', 'a KesAlgorithm', caller);
    const { secretSize, dsign } = parts.geometry;
    super(allocateSlot(secretSize, options), secretSize);
    this.#parts = parts;
    this.#keptLevels = keptLevels;
    this.#leaf = unsoundMemory(this).subarray(0, dsign.leaf.size);
  }

  /** Makes the key of a seed, which is borrowed. */
  static generate(parts: SumParts, seed: MLockedSeed, options?: KesKeyOptions): SumKesSigningKey {
    const { geometry } = parts;
    const checked = checkSeed('seed', seed, parts.algorithm.seedSize);
    const keptLevels = keptLevelsOf(geometry.depth, options);
    const bench = parts.bench();
    const tree = new VerificationTree(geometry);
    const key = new SumKesSigningKey(internal, parts, keptLevels, options);
    const secrets = unsoundMemory(key);
    const generate = (): void => {
      bench.start(unsoundMemory(checked));
      bench.store(secrets);
      bench.grow(tree, 0);
      key.#standing = Standing.ofTree(parts, 0, tree, keptLevels);
    };
    bench.use(generate, undefined, key);
    return key;
  }

  /** Reads a key from its blocks and checks all that can be checked. */
  static read(parts: SumParts, pull: Pull, options?: KesReadOptions): SumKesSigningKey {
    const checkVerificationKey = verificationKeyCheck(parts.algorithm, options);
    const key = SumKesSigningKey.#claimed(parts, pull, options);
    return filled(key, () => {
      key.#complete(key);
      checkVerificationKey(key.#standing.root());
    });
  }

  /** Reads a key from its blocks and believes what it claims, until its first step. */
  static readUnchecked(parts: SumParts, pull: Pull, options?: KesReadOptions): SumKesSigningKey {
    const checkVerificationKey = verificationKeyCheck(parts.algorithm, options);
    const key = SumKesSigningKey.#claimed(parts, pull, options);
    return filled(key, () => {
      checkVerificationKey(key.#standing.root());
    });
  }

  static #claimed(parts: SumParts, pull: Pull, options?: KesReadOptions): SumKesSigningKey {
    checkFunction('pull', pull);
    const keptLevels = keptLevelsOf(parts.geometry.depth, options);
    const bench = parts.bench();
    const key = new SumKesSigningKey(internal, parts, keptLevels, options);
    return filled(key, (secrets) => {
      const memory = { geometry: parts.geometry, bench, secrets, makes: key };
      const { period, path } = readClaimedKey(memory, pull, ownOption(options, 'period'));
      key.#checked = false;
      key.#standing = Standing.onPath(parts, period, path);
    });
  }

  /**
   * Computes the verification keys of all periods to come, and checks what the key claims against them. Does nothing
   * for a key that was checked.
   *
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY`, {@link ReleasedError}
   * `ERR_EVOLOCK_RELEASED`.
   */
  complete(): void {
    this.#complete();
  }

  /** Checks what the key claims. While it is being read it is `makes` as well, and released unless it is consistent. */
  #complete(makes?: this): void {
    const secrets = unsoundMemory(this);
    if (this.#checked) return;
    const { geometry } = this.#parts;
    const { period } = this.#standing;
    const path = new Uint8Array(geometry.pathSize);
    this.#standing.writePath(path);
    const memory = { geometry, bench: this.#parts.bench(), secrets, makes };
    const tree = checkClaims(memory, { period, path });
    this.#standing = Standing.ofTree(this.#parts, period, tree, this.#keptLevels);
    this.#checked = true;
  }

  /** The algorithm that made the key. */
  get algorithm(): KesAlgorithm {
    return this.#parts.algorithm;
  }

  /**
   * The period at which the key signs.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  get period(): number {
    unsoundMemory(this);
    return this.#standing.period;
  }

  /** {@inheritDoc KesSigningKey.sign} */
  sign(message: Uint8Array): KesSignature {
    const bytes = checkBytes('message', message);
    unsoundMemory(this);
    const { leafSignature, geometry } = this.#parts;
    geometry.dsign.leaf.sign(leafSignature, bytes, this.#leaf);
    // A leaf scheme that released the key has signed with zeros.
    unsoundMemory(this);
    const signature = new Uint8Array(this.#standing.signature);
    signature.set(leafSignature);
    return signature;
  }

  /**
   * Moves on to the next period, in place.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`.
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when memory was damaged; the key stays.
   */
  update(): void {
    const { algorithm, geometry } = this.#parts;
    if (this.period + 1 === geometry.totalPeriods)
      throw new LastPeriodError(algorithm.name, this.#standing.period);
    this.#moveTo(this.#standing.period + 1);
  }

  /**
   * Moves on to a later period, in place.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` for a period that is past, or that the algorithm has not.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when memory was damaged; the key stays.
   */
  updateTo(period: number): void {
    const last = this.#parts.geometry.totalPeriods - 1;
    const target = checkPeriod('period', period);
    const { period: now } = this;
    if (target < now || target > last) {
      throw new KesPeriodError('period', target, `a period from ${String(now)} to ${String(last)}`);
    }
    if (target > now) this.#moveTo(target);
  }

  #moveTo(period: number): void {
    unsoundMemory(this);
    if (isInUse(this)) throw new KeyBusyError();
    this.complete();
    const { period: now, keys } = this.#standing;
    const known = keys.know(period) ? keys : this.#keysAround(period);
    const parts = this.#parts;
    const half = side(period, 0);
    const spare = parts.spareSignature ?? new Uint8Array(parts.algorithm.signatureSize);
    parts.spareSignature = undefined;
    const next = this.#standing.moved(period, known, this.#keptLevels, spare);
    parts.bench().use(
      (bench) => {
        const expected = halfOf(next.pair(0, period), half);
        bench.load(unsoundMemory(this));
        bench.advance(now, period);
        if (!samePublicBytes(bench.verificationKeyOf(period), expected)) {
          throw new InconsistentKeyError(1, half === 0 ? 'left' : 'right');
        }
      },
      ({ secrets }) => {
        // The memory is asked for again, since a leaf scheme may have released the key. One copy replaces the old leaf and
        // the used seeds. It and the two assignments behind it are never parted: an engine ends a call from outside only
        // where a function begins or a loop goes on, and nothing begins behind the copy.
        const memory = unsoundMemory(this);
        copySecret(memory, secrets);
        const past = this.#standing.signature;
        this.#standing = next;
        parts.spareSignature = past;
      },
    );
  }

  /** The verification keys around a period that the key does not keep: the subtree that it enters is generated. */
  #keysAround(period: number): KeptKeys {
    const { geometry } = this.#parts;
    const { period: now } = this.#standing;
    const level = boundary(now, period);
    const subtree = generateSubtree(
      { geometry, bench: this.#parts.bench(), secrets: unsoundMemory(this) },
      now,
      period,
    );
    if (!samePublicBytes(subtree.root, halfOf(this.#standing.pair(level, now), 1))) {
      throw new InconsistentKeyError(level + 1, 'right');
    }
    return KeptKeys.around(geometry, period, subtree);
  }

  /** {@inheritDoc KesSigningKey.deriveVerificationKey} */
  deriveVerificationKey(): KesVerificationKey {
    unsoundMemory(this);
    return this.#standing.root();
  }

  /** {@inheritDoc KesSigningKey.clone} */
  clone(options?: AllocationOptions): SumKesSigningKey {
    unsoundMemory(this);
    const copy = copyOf(
      this,
      new SumKesSigningKey(internal, this.#parts, this.#keptLevels, options),
    );
    // Not before the copy: the allocator may have moved the key on, which checks what it claims.
    copy.#checked = this.#checked;
    copy.#standing = this.#standing.copy();
    return copy;
  }

  protected override describe(): string[] {
    const { name, totalPeriods } = this.#parts.algorithm;
    return [
      name,
      `period ${String(this.period)} of ${String(totalPeriods)}`,
      `verification key ${Buffer.from(this.deriveVerificationKey()).toString('hex')}`,
    ];
  }

  /** Pushes the key's blocks in the reference layout. */
  directSerialise(push: Push): void {
    unsoundMemory(this);
    checkFunction('push', push);
    this.#parts.bench().blocks.use({ reads: this }, (blocks, run) => {
      copySecret(blocks.secrets, unsoundMemory(this));
      if (this.#parts.algorithm.variant === 'sum') blocks.signature.set(this.#standing.signature);
      else this.#standing.writePath(blocks.path);
      blocks.assemble();
      if (pushWhole(push, blocks.image)) return;
      lendWithin(run, () => {
        // The callback that was lent a block may have released the key.
        lendOwnBlocks(push, blocks.all, () => unsoundMemory(this));
      });
    });
  }
}
