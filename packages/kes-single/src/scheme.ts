/** The door of every key evolving scheme: arguments are checked here, once, and sizes are stated. */
import { checkBytes, checkFunction, checkOptions } from '@evolock/direct-serialise/arguments';
import {
  checkSeed,
  type AllocationOptions,
  type MLockedSeed,
  type Pull,
} from '@evolock/dsign-ed25519';
import {
  checkPeriod,
  registerComposition,
  verificationKeyCheck,
  type KesComposition,
} from './composition.js';
import { KesPeriodError } from './errors.js';
import {
  kesReadOptionNames,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSignature,
  type KesSigningKey,
  type KesVariant,
  type KesVerificationKey,
} from './kes-algorithm.js';

/** What the code of a scheme states: sizes in bytes, and operations on checked arguments. */
export interface KesScheme {
  readonly seedSize: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  readonly lockedSize: number;
  readonly scratchSizes: readonly number[];
  /** Makes the key of a live seed of the right size. */
  generate(seed: MLockedSeed, options: AllocationOptions | undefined): KesSigningKey;
  /** Reads a key. */
  read(request: ReadRequest): KesSigningKey;
  /** Verifies a signature and a key of the right sizes, at a period of the algorithm. */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** The checked arguments of `directDeserialise`. */
export interface ReadRequest {
  readonly pull: Pull;
  /** The period that the key has to have, one of the algorithm; any when absent. */
  readonly period: number | undefined;
  /** Throws for another verification key than the expected one. */
  readonly checkVerificationKey: (verificationKey: Uint8Array) => void;
  readonly options: AllocationOptions | undefined;
}

/** Makes an algorithm. `schemeOf` makes the code of the scheme, which its keys refer to together with the algorithm. */
export function newAlgorithm(
  composition: KesComposition,
  schemeOf: (algorithm: KesAlgorithm) => KesScheme,
): KesAlgorithm {
  return registerComposition(new Algorithm(composition, schemeOf), composition);
}

class Algorithm implements KesAlgorithm {
  readonly #scheme: KesScheme;
  readonly optionNames = kesReadOptionNames;
  readonly name: string;
  readonly variant: KesVariant;
  readonly depth: number;
  readonly totalPeriods: number;
  readonly seedSize: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  readonly lockedSize: number;
  readonly scratchSizes: readonly number[];

  constructor(
    { dsign, depth, variant }: KesComposition,
    schemeOf: (algorithm: KesAlgorithm) => KesScheme,
  ) {
    const scheme = schemeOf(this);
    this.#scheme = scheme;
    this.name = `${dsign.name}${variant === 'sum' ? '' : '_compact'}_kes_2^${String(depth)}`;
    this.variant = variant;
    this.depth = depth;
    this.totalPeriods = 2 ** depth;
    this.seedSize = scheme.seedSize;
    this.verificationKeySize = scheme.verificationKeySize;
    this.signatureSize = scheme.signatureSize;
    this.signingKeySize = scheme.signingKeySize;
    this.lockedSize = scheme.lockedSize;
    this.scratchSizes = Object.freeze(scheme.scratchSizes);
  }

  generateKey(seed: MLockedSeed, options?: AllocationOptions): KesSigningKey {
    return this.#scheme.generate(checkSeed('seed', seed, this.seedSize), options);
  }

  directDeserialise(pull: Pull, options?: KesReadOptions): KesSigningKey {
    checkFunction('pull', pull);
    const { period, verificationKey, ...rest } = checkOptions(options, kesReadOptionNames);
    if (period !== undefined && !this.#hasPeriod(checkPeriod('options.period', period))) {
      const last = String(this.totalPeriods - 1);
      throw new KesPeriodError('options.period', period, `a period from 0 to ${last}`);
    }
    const checkVerificationKey = verificationKeyCheck(this, verificationKey);
    return this.#scheme.read({ pull, period, checkVerificationKey, options: rest });
  }

  verify(
    verificationKey: KesVerificationKey,
    period: number,
    message: Uint8Array,
    signature: KesSignature,
  ): boolean {
    const key = checkBytes('verificationKey', verificationKey);
    const bytes = checkBytes('message', message);
    const candidate = checkBytes('signature', signature);
    if (!this.#hasPeriod(checkPeriod('period', period))) return false;
    if (key.byteLength !== this.verificationKeySize) return false;
    if (candidate.byteLength !== this.signatureSize) return false;
    return this.#scheme.verify(key, period, bytes, candidate);
  }

  #hasPeriod(period: number): boolean {
    return period >= 0 && period < this.totalPeriods;
  }
}
