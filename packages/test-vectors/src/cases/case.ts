import { ConformanceError, type VectorLocation } from '../errors.js';
import { awaitSteps, runSteps, type Steps } from './steps.js';

/** What a case is about. */
export type ConformanceGroup =
  | 'seed expansion'
  | 'ed25519 signing'
  | 'ed25519 verification'
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
  | 'kes versioned form'
  | 'kes form negative'
  | 'kes haskell'
  | 'external key'
  | 'external negative'
  | 'external ed25519'
  | 'consensus header'
  | 'real header';

/** One thing that an implementation has to do right, for any test framework to run. */
export interface ConformanceCase {
  /** What it is about. */
  readonly group: ConformanceGroup;
  /** A name that no other case of the group has. */
  readonly name: string;
  /** Where in the vectors it stands. */
  readonly location: VectorLocation;
  /**
   * Runs the case: returns when the implementation conforms.
   *
   * @throws ConformanceError with one of the codes of `ConformanceErrorCode` when it does not.
   */
  readonly run: () => void;
}

/** A {@link ConformanceCase} of an implementation that may answer later. */
export interface AsyncConformanceCase extends Omit<ConformanceCase, 'run'> {
  /**
   * Runs the case: resolves when the implementation conforms, and rejects with a `ConformanceError`
   * when it does not.
   */
  readonly run: () => Promise<void>;
}

/**
 * What a case throws, whatever went wrong: the implementation's own error becomes the `cause`.
 *
 * @internal
 */
export function asConformanceError(location: VectorLocation, cause: unknown): ConformanceError {
  if (cause instanceof ConformanceError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const difference = `the implementation threw: ${message}`;
  return new ConformanceError('IMPLEMENTATION_THREW', location, difference, { cause });
}

/**
 * A case whose errors, also those that come out of the implementation, say where they stand.
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

/** A case that has not been bound to one way of waiting for answers. */
export interface CasePlan {
  readonly group: ConformanceGroup;
  readonly name: string;
  readonly location: VectorLocation;
  readonly steps: () => Steps;
}

/**
 * Puts a plan together.
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
 * The case for an implementation that answers at once.
 *
 * @internal
 */
export function toCase({ group, name, location, steps }: CasePlan): ConformanceCase {
  return conformanceCase(group, name, location, () => {
    runSteps(steps());
  });
}

/**
 * The case for an implementation that may answer later.
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
