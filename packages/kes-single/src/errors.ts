/** The errors of this package. */
import { EvolockError, type DsignLeaf } from '@evolock/dsign-ed25519';

/** The code of a {@link KesPeriodError}. */
export type KesPeriodErrorCode =
  /** A key that is read is not at the expected period, or the algorithm does not have that period. */
  | 'ERR_EVOLOCK_KES_PERIOD'
  /** `updateTo` a period before that of the key, which the key has erased: a clock may have gone back. */
  | 'ERR_EVOLOCK_KES_PAST_PERIOD'
  /** `updateTo` a period after the last one: the key has expired. */
  | 'ERR_EVOLOCK_KES_EXPIRED';

/** A period that the algorithm does not have, or a period that is not the key's. */
export class KesPeriodError extends EvolockError {
  readonly code: KesPeriodErrorCode;
  /** Name of the argument or option. */
  readonly argument: string;
  /** The period that was given. */
  readonly period: number;
  /** The allowed periods, as text. */
  readonly expected: string;
  /**
   * The outermost level at which the period and the key differ, 1 (next to the leaf) to the depth. `undefined` when the
   * period was not compared with a key.
   */
  readonly level: number | undefined;

  constructor(
    argument: string,
    period: number,
    expected: string,
    { code = 'ERR_EVOLOCK_KES_PERIOD', level }: { code?: KesPeriodErrorCode; level?: number } = {},
  ) {
    const where = level === undefined ? '' : `: they differ at level ${String(level)}`;
    super(`${argument}: expected ${expected}, received ${String(period)}${where}${advice[code]}`);
    this.code = code;
    this.argument = argument;
    this.period = period;
    this.expected = expected;
    this.level = level;
  }
}

const advice: Readonly<Record<KesPeriodErrorCode, string>> = {
  ERR_EVOLOCK_KES_PERIOD: '',
  ERR_EVOLOCK_KES_PAST_PERIOD: ': the key has erased that period, has a clock gone back?',
  ERR_EVOLOCK_KES_EXPIRED: ': the key has expired, generate a new one',
};

/** The key is at its last period and cannot evolve. It is unchanged and still signs. */
export class LastPeriodError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_LAST_PERIOD';
  /** The last period of the key. */
  readonly period: number;

  constructor(algorithm: string, period: number) {
    super(
      `this ${algorithm} key is at its last period, ${String(period)}, and still signs there: generate a new key`,
    );
    this.period = period;
  }
}

/**
 * A signing key that was read does not have the verification key that `options.verificationKey` or its file states. It is another
 * key, or the past half of its outermost level was changed, which the key alone cannot show. What was read is wiped.
 */
export class OtherKeyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_OTHER_KEY';
  /** The outermost level: the depth of the algorithm. */
  readonly level: number;

  constructor(level: number) {
    super(
      'the signing key has another verification key than the stated one: it is another key, or the past half ' +
        `of its outermost level, ${String(level)}, was changed`,
    );
    this.level = level;
  }
}

/** The operations of a leaf scheme. */
export type LeafOperationName = Exclude<keyof DsignLeaf, 'size'>;

/**
 * `generate`, `load` or `sign` of a leaf scheme returned a value. It was to be written to the memory that the operation got, so
 * there is no key and no signature. What the call made is wiped.
 */
export class LeafResultError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_LEAF_RESULT';
  readonly operation: LeafOperationName;

  constructor(operation: LeafOperationName) {
    super(
      `dsign.leaf.${operation} returned a value: write the result to the memory that it gets, and return nothing`,
    );
    this.operation = operation;
  }
}

/**
 * An operation of a leaf scheme returned a promise or an iterator, so it has not finished: there is no key, no signature
 * and no verdict. What the call made is wiped.
 */
export class AsynchronousLeafError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF';
  /** The operation that did not finish. */
  readonly operation: LeafOperationName;

  constructor(operation: LeafOperationName) {
    super(`dsign.leaf.${operation} returned a promise or an iterator: make it synchronous`);
    this.operation = operation;
  }
}
