/**
 * An agent that holds the KES key of a Cardano pool in locked memory and hands it to nodes over sockets, and its clients.
 *
 * @module
 */
export {
  Agent,
  type AgentConfiguration,
  type AgentLimits,
  type AgentOptions,
  type AgentStatus,
} from './agent/agent.js';
export type { AgentEvent, EventFacts, Log, LogLevel } from './agent/events.js';
export type { ClockOptions } from './clock.js';
export { ControlClient } from './client/control-client.js';
export type { ClientOptions, RetryOptions } from './client/dial.js';
export {
  receiveKeys,
  ServiceClient,
  type ReadyOptions,
  type ReceiveKeysOptions,
  type ServiceClientEvents,
} from './client/service-client.js';
export type { KeyFault } from './client/service-session.js';
export { SignClient, type SignClientOptions, type SignOptions } from './client/sign-client.js';
export {
  AgentGoneError,
  AgentProtocolError,
  AgentRefusalError,
  EarlyKeyError,
  SignRefusedError,
  SocketError,
  WrongAnswerError,
  type AnswerFault,
  type ProtocolProblem,
  type Result,
  type SignRefusal,
  type SocketErrorReason,
} from './errors.js';
export type { HeldKey, KeyLoss, Sum6SigningKey } from './held-key.js';
export type { KeyRefusal } from './rules.js';
export { defaultSocketPath } from './sockets/owner.js';
export type { AgentInfo, InstalledKey, Peer } from './wire/control.js';
export type { ServiceVersion } from './wire/service.js';
export type { AgentSignature } from './wire/sign.js';
