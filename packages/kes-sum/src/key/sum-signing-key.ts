import { pushWhole } from '@evolock/direct-serialise';
import { checkBytes, checkFunction, sameBytes } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  LastPeriodError,
  LockedValue,
  type AllocationOptions,
  type KesAlgorithm,
  type KesSignature,
  type KesSigningKey,
  type KesVerificationKey,
  type MLockedSeed,
  type Push,
} from '@evolock/kes-single';
import {
  checkTarget,
  copySecret,
  filled,
  lendBlocks,
  levelOfDifference,
  unsoundMemory,
  type ReadRequest,
} from '@evolock/kes-single/unsound';
import { InconsistentKeyError } from '../errors.js';
import { side, type TreeGeometry } from '../tree/tree-geometry.js';
import { VerificationTree } from '../tree/verification-tree.js';
import { periodOf, readKey } from './key-reader.js';
import type { KeyScratch } from './key-scratch.js';
import { writeSumTail, type WriteTail } from './signature-tail.js';

/** What the keys of an algorithm share. */
export interface SumParts {
  readonly algorithm: KesAlgorithm;
  readonly geometry: TreeGeometry;
  readonly writeTail: WriteTail;
  /** The leaf of one key at a time signs here; the bytes are public. A view in each key would cost 100 bytes. */
  readonly leafSignature: Uint8Array;
  /**
   * Memory for the signature of the next key that evolves. A step takes it, and puts the signature of the past period here
   * when it is complete: a step that fails never puts one here that a key still uses.
   */
  spareSignature: Uint8Array | undefined;
  /** The scratch memory of the algorithm. The first call reserves it. */
  readonly scratch: () => KeyScratch;
}

/** What changes with the period of a key, except its secrets. It is replaced in one assignment. */
interface Progress {
  readonly period: number;
  /** A signature whose tail is written: the leaf's signature, at its beginning, is missing. */
  readonly signature: Uint8Array;
}

/** Of a key that is being made. */
const NOT_YET: Progress = { period: 0, signature: new Uint8Array(0) };

/**
 * A key of a composed algorithm: one slot of locked memory (the leaf and the right seed of every level), and public values.
 */
export class SumKesSigningKey extends LockedValue implements KesSigningKey {
  readonly #parts: SumParts;
  readonly #scratch: KeyScratch;
  readonly #leaf: Uint8Array;
  readonly #tree: VerificationTree;
  #progress = NOT_YET;
  /** While a step replaces the secrets: what belongs to the new ones. */
  #next: Progress | undefined;

  private constructor(
    parts: SumParts,
    tree: VerificationTree,
    options: AllocationOptions | undefined,
  ) {
    const { secretSize, dsign } = parts.geometry;
    const scratch = parts.scratch();
    super(allocateSlot(secretSize, options));
    this.#parts = parts;
    this.#scratch = scratch;
    this.#leaf = unsoundMemory(this).subarray(0, dsign.leaf.size);
    this.#tree = tree;
  }

  /** Makes the key of a checked seed. The caller still owns the seed. */
  static generate(
    parts: SumParts,
    seed: MLockedSeed,
    options?: AllocationOptions,
  ): SumKesSigningKey {
    const tree = new VerificationTree(parts.geometry);
    const key = new SumKesSigningKey(parts, tree, options);
    return filled(key, (secrets) => {
      const scratch = key.#scratch;
      scratch.use(() => scratch.generate(unsoundMemory(seed), secrets, tree));
      key.#progress = progressAt(parts, tree, 0);
    });
  }

  /** Reads a key from its blocks and checks all that can be checked. */
  static read(
    parts: SumParts,
    { pull, period, checkVerificationKey, options }: ReadRequest,
  ): SumKesSigningKey {
    const { geometry } = parts;
    const tree = new VerificationTree(geometry);
    const key = new SumKesSigningKey(parts, tree, options);
    return filled(key, (secrets) => {
      const memory = { geometry, scratch: key.#scratch, secrets, tree };
      const stated = readKey(memory, pull, period);
      checkVerificationKey(tree.root);
      key.#progress = progressAt(parts, tree, stated);
    });
  }

  /** The algorithm that made the key. */
  get algorithm(): KesAlgorithm {
    return this.#parts.algorithm;
  }

  /** The period of the key. */
  get period(): number {
    unsoundMemory(this);
    return this.#now.period;
  }

  /** What belongs to the secrets, also after a step that was ended from outside. */
  get #now(): Progress {
    if (this.#next !== undefined) this.#settle(this.#next);
    return this.#progress;
  }

  /** The secrets were replaced in one copy, or not yet: they state their period. */
  #settle(next: Progress): void {
    const period = periodOf(this.#parts.geometry, unsoundMemory(this));
    if (period === next.period) this.#progress = next;
    this.#next = undefined;
  }

  /** {@inheritDoc KesSigningKey.sign} */
  sign(message: Uint8Array): KesSignature {
    const bytes = checkBytes('message', message);
    unsoundMemory(this);
    const { leafSignature, geometry } = this.#parts;
    geometry.dsign.leaf.sign(leafSignature, bytes, this.#leaf);
    const signature = new Uint8Array(this.#now.signature);
    signature.set(leafSignature);
    return signature;
  }

  /** Evolves the key to the next period. Throws {@link InconsistentKeyError} when memory was damaged. */
  update(): void {
    const { period } = this;
    const { algorithm, geometry } = this.#parts;
    if (period + 1 === geometry.totalPeriods) throw new LastPeriodError(algorithm.name, period);
    this.#moveTo(period + 1);
  }

  /** Evolves the key to a later period. Throws {@link InconsistentKeyError} when memory was damaged. */
  updateTo(period: number): void {
    const now = this.period;
    const target = checkTarget(period, now, this.#parts.geometry.totalPeriods - 1);
    if (target > now) this.#moveTo(target);
  }

  #moveTo(period: number): void {
    const parts = this.#parts;
    const past = this.#now;
    const scratch = this.#scratch;
    const half = side(period, 0);
    const size = parts.geometry.dsign.verificationKeySize;
    const pair = this.#tree.pair(0, period);
    const signature = parts.spareSignature ?? new Uint8Array(past.signature.length);
    parts.spareSignature = undefined;
    signature.set(past.signature);
    const highest = levelOfDifference(past.period, period);
    parts.writeTail(signature, parts.geometry, this.#tree, period, highest);
    const next = { period, signature };
    scratch.use((use) => {
      scratch.evolve(unsoundMemory(this), past.period, period);
      scratch.check(use);
      const stated = pair.subarray(half * size, (half + 1) * size);
      if (!sameBytes(scratch.leafKeys[half], stated)) {
        throw new InconsistentKeyError(1, half === 0 ? 'left' : 'right');
      }
      const secrets = unsoundMemory(this);
      this.#next = next;
      // One copy replaces the old leaf and the used seeds. V8 can end the step before it and after it, within this call too:
      // with Node.js 24 it did so after the copy, in the built-in function that makes it.
      copySecret(secrets, scratch.secrets);
      this.#progress = next;
      this.#next = undefined;
      parts.spareSignature = past.signature;
    });
  }

  /** {@inheritDoc KesSigningKey.deriveVerificationKey} */
  deriveVerificationKey(): KesVerificationKey {
    unsoundMemory(this);
    return new Uint8Array(this.#tree.root);
  }

  /** {@inheritDoc KesSigningKey.clone} */
  clone(options?: AllocationOptions): SumKesSigningKey {
    const copy = new SumKesSigningKey(this.#parts, this.#tree, options);
    return filled(copy, (secrets) => {
      copySecret(secrets, unsoundMemory(this));
      const { period, signature } = this.#now;
      copy.#progress = { period, signature: new Uint8Array(signature) };
    });
  }

  protected override describe(): string[] {
    const { name, totalPeriods } = this.#parts.algorithm;
    return [
      name,
      `period ${String(this.period)} of ${String(totalPeriods)}`,
      `verification key ${Buffer.from(this.#tree.root).toString('hex')}`,
    ];
  }

  /** Pushes the key in the reference layout. */
  directSerialise(push: Push): void {
    unsoundMemory(this);
    checkFunction('push', push);
    const { algorithm, geometry } = this.#parts;
    const scratch = this.#scratch;
    scratch.use((use) => {
      const { blocks } = scratch;
      copySecret(scratch.secrets, unsoundMemory(this));
      const { period, signature } = this.#now;
      if (algorithm.variant === 'sum') blocks.signature.set(signature);
      else writeSumTail(blocks.signature, geometry, this.#tree, period, geometry.depth - 1);
      blocks.assemble();
      if (pushWhole(push, blocks.image)) return;
      lendBlocks(blocks.all, push, () => {
        // The callback may have released the key, or started another operation.
        unsoundMemory(this);
        scratch.check(use);
      });
    });
  }
}

/** The public values of a period, in new memory. */
function progressAt(
  { algorithm, geometry, writeTail }: SumParts,
  tree: VerificationTree,
  period: number,
): Progress {
  const signature = new Uint8Array(algorithm.signatureSize);
  writeTail(signature, geometry, tree, period, geometry.depth - 1);
  return { period, signature };
}
