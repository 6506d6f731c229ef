/**
 * Messages of Cardano's decentralized message queue (CIP-137): signed with the KES key of a pool, verified, inspected.
 *
 * @module
 */
export {
  DmqMessageError,
  DmqSigningError,
  MAX_BODY_SIZE,
  MAX_LIFETIME,
  MAX_MESSAGE_SIZE,
  type DmqFailure,
  type DmqFailureCode,
  type DmqMessageProblem,
} from './failures.js';
export { parseDmqMessage, type DmqMessage } from './message.js';
export {
  signDmqMessage,
  type DmqSigner,
  type DmqSigningPeriod,
  type DmqSignRequest,
} from './sign.js';
export {
  verifyDmqMessage,
  type DmqNotJudged,
  type DmqNotJudgedCode,
  type DmqVerdict,
  type DmqVerifyOptions,
  type InvalidMessage,
  type JudgedMessage,
  type NotAMessage,
  type ValidMessage,
} from './verify.js';
