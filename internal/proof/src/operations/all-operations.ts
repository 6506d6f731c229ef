import { agentOperations } from '../agent/agent-operations.js';
import { cardanoFileOperations } from './transfers/cardano-files.js';
import { dumpOperations, guardPageOperations, regionOperation } from './process/dumps.js';
import { ed25519Operations } from './values/ed25519.js';
import { endingOperations } from './process/endings.js';
import { failureOperations } from './rules/failures.js';
import { kesOperations } from './values/kes.js';
import { lockLimitOperations } from './rules/lock-limit.js';
import { lockedBytesOperations } from './values/locked-bytes.js';
import { lostOperations } from './process/lost.js';
import { printingOperations } from './values/printing.js';
import { ruleOperations } from './rules/rules.js';
import { seedOperations } from './values/seed.js';
import { serialiseOperations } from './transfers/serialise.js';
import { signalOperations } from './process/signals.js';
import { transportOperations, transports } from './transfers/transports.js';
import { vrfOperations } from './values/vrf.js';
import { idOf, type Operation } from './operation.js';

/** The operations that one scan of one process proves. They are the rows of the table. */
export const provedOperations: readonly Operation[] = [
  ...lockedBytesOperations,
  ...serialiseOperations,
  ...seedOperations,
  ...ed25519Operations,
  ...vrfOperations,
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
