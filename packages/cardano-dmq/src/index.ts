/**
 * Messages of Cardano's decentralized message queue (CIP-137): signed with the KES key of a pool, verified, inspected.
 *
 * @module
 */
export { DmqMessageError, DmqSigningError, type DmqMessageProblem } from './errors.js';
export { MAX_BODY_SIZE, MAX_LIFETIME, MAX_MESSAGE_SIZE } from './limits.js';
export { parseDmqMessage, type DmqMessage } from './message/parse.js';
export {
  signDmqMessage,
  type DmqSigner,
  type DmqSigningPeriod,
  type DmqSignRequest,
} from './sign.js';
export type { DmqFailure, DmqFailureCode } from './verdict/failures.js';
export {
  verifyDmqMessage,
  type DmqResult,
  type DmqVerdict,
  type DmqVerifyOptions,
} from './verdict/verify.js';
