import {
  asConformanceError,
  conformanceCase,
  type AsyncConformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
} from './conformance-case.js';
import type { VectorLocation } from './conformance-error.js';
import { awaitSteps, runSteps, type Steps } from './steps.js';

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
