import { provedOperations } from '../../src/operations/all-operations.js';
import { idOf, type Operation } from '../../src/operations/operation.js';

/** Layers whose operations have a test file of their own. */
const ELSEWHERE = ['transports', 'Cardano files', 'the end of the process', 'lost values'];

/** Whether an operation is part of the life of a key: an update, a release or a whole life. */
export function isLife({ name }: Operation): boolean {
  return name.includes('life') || name.includes('update') || name.includes('release');
}

function named(operations: readonly Operation[]): [string, Operation][] {
  return operations.map((operation) => [idOf(operation), operation]);
}

/** Operations of these layers, by name, for a table of tests. */
export function ofLayers(...layers: string[]): [string, Operation][] {
  return named(provedOperations.filter(({ layer }) => layers.includes(layer)));
}

/** The operations on the life of a key, by name. */
export const lives = named(
  provedOperations.filter((each) => isLife(each) && !ELSEWHERE.includes(each.layer)),
);

/** The operations without a test file of their own, by name. */
export const others = named(
  provedOperations.filter((each) => !isLife(each) && !ELSEWHERE.includes(each.layer)),
);

/** The operations that can run more than once in a process, by name. */
export const repeatable = named(provedOperations.filter(({ once }) => once !== true));
