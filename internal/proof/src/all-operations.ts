import { agentOperations } from './operations/agent.js';
import { cardanoFileOperations } from './operations/cardano-files.js';
import { dumpOperations, guardPageOperations, regionOperation } from './operations/dumps.js';
import { ed25519Operations } from './operations/ed25519.js';
import { endingOperations } from './operations/endings.js';
import { failureOperations } from './operations/failures.js';
import { kesOperations } from './operations/kes.js';
import { lockLimitOperations } from './operations/lock-limit.js';
import { lockedBytesOperations } from './operations/locked-bytes.js';
import { lostOperations } from './operations/lost.js';
import { printingOperations } from './operations/printing.js';
import { ruleOperations } from './operations/rules.js';
import { seedOperations } from './operations/seed.js';
import { serialiseOperations } from './operations/serialise.js';
import { signalOperations } from './operations/signals.js';
import { transportOperations, transports } from './operations/transports.js';
import { idOf, type Operation } from './operation.js';

/** The operations that one scan of one process proves. They are the rows of the table. */
export const provedOperations: readonly Operation[] = [
  ...lockedBytesOperations,
  ...serialiseOperations,
  ...seedOperations,
  ...ed25519Operations,
  ...kesOperations,
  ...printingOperations,
  ...failureOperations,
  ...ruleOperations,
  ...signalOperations,
  ...transportOperations,
  ...cardanoFileOperations,
  ...endingOperations,
  ...lostOperations,
];

const everything: readonly Operation[] = [
  ...provedOperations,
  ...transports.flatMap(({ sender, receiver }) => [sender, receiver]),
  ...agentOperations,
  ...lockLimitOperations,
  ...dumpOperations,
  ...guardPageOperations,
  regionOperation,
];

/**
 * Finds an operation by its unique name.
 *
 * @throws Error when no operation has that name.
 */
export function operationOf(id: string): Operation {
  const found = everything.find((operation) => idOf(operation) === id);
  if (found === undefined) throw new Error(`there is no operation "${id}"`);
  return found;
}
