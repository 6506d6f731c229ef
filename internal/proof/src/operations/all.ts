import { MLockedSeed } from '@evolock/mlocked-seed';
import type { MaskedNeedle } from '@evolock/memory-scan';
import { lives } from '../agent/lives.js';
import { cardanoFileOperations } from './cardano-files.js';
import { controls } from './controls.js';
import { failureOperations } from './failures.js';
import { kesOperations } from './kes.js';
import { keyFileOperations } from './key-files.js';
import { leafKeyOperations } from './leaf-keys.js';
import { leafSchemeOperations } from './leaf-schemes.js';
import { lockedMemoryOperations } from './locked-memory.js';
import { asideOperations } from './memory.js';
import { idOf, type Operation, type Subject } from './operation.js';
import { printingOperations } from './printing.js';
import { endingOperations, lostOperation, signalOperations } from './process.js';
import { ruleOperations } from './rules.js';
import { sealerOperations } from './sealers.js';
import { transportOperations } from './transports.js';

/** All operations, in the order of the table. Those aside are no rows. */
export const operations: readonly Operation[] = [
  ...lockedMemoryOperations,
  ...leafKeyOperations,
  ...kesOperations,
  ...printingOperations,
  ...failureOperations,
  ...ruleOperations,
  ...signalOperations,
  ...transportOperations,
  ...keyFileOperations,
  ...sealerOperations,
  ...cardanoFileOperations,
  ...endingOperations,
  lostOperation,
  ...lives,
  ...asideOperations,
  ...leafSchemeOperations,
  ...controls,
];

/**
 * Finds an operation by its unique name.
 *
 * @throws Error when no operation has that name.
 */
export function operationOf(id: string): Operation {
  const found = operations.find((operation) => idOf(operation) === id);
  if (found === undefined) throw new Error(`there is no operation "${id}"`);
  return found;
}

/** The subject of an operation with a secret. */
export function subjectOf(secret: MaskedNeedle, folder: string): Subject {
  const plant = (memory: Uint8Array): void => secret.unmaskInto(memory);
  return {
    folder,
    plant,
    seed() {
      const seed = MLockedSeed.newZeroed(32);
      seed.withBytes(plant);
      return seed;
    },
  };
}
