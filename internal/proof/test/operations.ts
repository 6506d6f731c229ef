import { provedOperations } from '../src/all-operations.js';
import { idOf, type Operation } from '../src/operation.js';

/** Layers whose operations have a test file of their own. */
const ELSEWHERE = ['transports', 'Cardano files', 'the end of the process', 'lost values'];

/** The life of a key, in all its forms. */
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

/** Lives, by name. */
export const lives = named(
  provedOperations.filter((each) => isLife(each) && !ELSEWHERE.includes(each.layer)),
);

/** Everything that has no test file of its own, by name. */
export const others = named(
  provedOperations.filter((each) => !isLife(each) && !ELSEWHERE.includes(each.layer)),
);

/** Everything that can be done more than once in a process, by name. */
export const repeatable = named(provedOperations.filter(({ once }) => once !== true));
