import { ConformanceError, type VectorLocation } from '../errors.js';
import { awaitSteps, runSteps, type Steps } from './steps.js';

/** The group of a case. */
export type ConformanceGroup =
  | 'seed expansion'
  | 'ed25519 signing'
  | 'ed25519 verification'
  | 'ed25519 extended signing'
  | 'vrf proving'
  | 'vrf verification'
  | 'kes sizes'
  | 'kes block sizes'
  | 'kes verification key'
  | 'kes signing key'
  | 'kes signature'
  | 'kes verification'
  | 'kes negative'
  | 'kes read back'
  | 'kes last period'
  | 'kes key negative'
  | 'kes cbor'
  | 'kes cbor negative'
  | 'kes rust form'
  | 'kes rust form negative'
  | 'kes haskell'
  | 'external key'
  | 'external negative'
  | 'external ed25519'
  | 'external vrf'
  | 'consensus header'
  | 'real header';

/** One test of an implementation, for any test framework. */
export interface ConformanceCase {
  /** The group. */
  readonly group: ConformanceGroup;
  /** A name that is unique in the group. */
  readonly name: string;
  /** The place in the vectors. */
  readonly location: VectorLocation;
  /**
   * Runs the case: returns when the implementation conforms.
   *
   * @throws ConformanceError with one of the codes of `ConformanceErrorCode` when it does not.
   */
  readonly run: () => void;
}

/** A {@link ConformanceCase} of an asynchronous implementation. */
export interface AsyncConformanceCase extends Omit<ConformanceCase, 'run'> {
  /**
   * Runs the case: resolves when the implementation conforms, and rejects with a `ConformanceError`
   * when it does not.
   */
  readonly run: () => Promise<void>;
}

/**
 * The error of a case. An error of the implementation becomes its `cause`.
 *
 * @internal
 */
export function asConformanceError(location: VectorLocation, cause: unknown): ConformanceError {
  if (cause instanceof ConformanceError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const difference = `the implementation threw: ${message}`;
  return new ConformanceError('ERR_EVOLOCK_IMPLEMENTATION_THREW', location, difference, { cause });
}

/**
 * A case whose errors name their place in the vectors, errors of the implementation included.
 *
 * @internal
 */
export function conformanceCase(
  group: ConformanceGroup,
  name: string,
  location: VectorLocation,
  body: () => void,
): ConformanceCase {
  return {
    group,
    name,
    location,
    run() {
      try {
        body();
      } catch (cause) {
        throw asConformanceError(location, cause);
      }
    },
  };
}

/** A case for both drivers: that of synchronous and that of asynchronous implementations. */
export interface CasePlan {
  readonly group: ConformanceGroup;
  readonly name: string;
  readonly location: VectorLocation;
  readonly steps: () => Steps;
}

/**
 * Builds a plan.
 *
 * @internal
 */
export function plan(
  group: ConformanceGroup,
  name: string,
  location: VectorLocation,
  steps: () => Steps,
): CasePlan {
  return { group, name, location, steps };
}

/**
 * The case for a synchronous implementation.
 *
 * @internal
 */
export function toCase({ group, name, location, steps }: CasePlan): ConformanceCase {
  return conformanceCase(group, name, location, () => {
    runSteps(steps());
  });
}

/**
 * The case for an asynchronous implementation.
 *
 * @internal
 */
export function toAsyncCase({ group, name, location, steps }: CasePlan): AsyncConformanceCase {
  return {
    group,
    name,
    location,
    async run() {
      try {
        await awaitSteps(steps());
      } catch (cause) {
        throw asConformanceError(location, cause);
      }
    },
  };
}
