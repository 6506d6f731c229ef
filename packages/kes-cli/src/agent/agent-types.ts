/** Stand-in until kes-agent exports these: the contract's types. */
import type { KesParameters, OperationalCertificate } from '@evolock/cardano-kes';
import type { LogLevel } from './run/log-words.js';

export interface AgentEvent {
  readonly level: LogLevel;
  readonly event: string;
  readonly words: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AgentOptions {
  readonly service: string;
  readonly control: string;
  readonly sign?: string | undefined;
  readonly bootstrap?: readonly string[] | undefined;
  readonly coldVerificationKey: Uint8Array;
  readonly parameters: KesParameters;
  readonly socketGroup?: string | number | undefined;
  readonly signBlockHeaders?: boolean | undefined;
  readonly limits?: {
    readonly messageSize?: number | undefined;
    readonly signaturesPerSecond?: number | undefined;
    readonly clients?: number | undefined;
    readonly timeout?: number | undefined;
  };
  readonly now?: () => number;
  readonly log?: (event: AgentEvent) => void;
}

export interface Agent {
  reload(options: {
    readonly coldVerificationKey: Uint8Array;
    readonly parameters: KesParameters;
    readonly bootstrap: readonly string[];
  }): void;
  close(): Promise<void>;
}

export type Result =
  'ok' | 'outdated' | 'invalid-certificate' | 'no-key' | 'unsupported' | 'unknown';

export interface AgentInfo {
  readonly program: string | undefined;
  readonly installed:
    | {
        readonly evolution: number;
        readonly startPeriod: bigint;
        readonly counter: bigint;
        readonly verificationKey: Uint8Array;
        readonly signature: Uint8Array;
        readonly timestamp: bigint | undefined;
      }
    | undefined;
  readonly staged: Uint8Array | undefined;
  readonly now: bigint;
  readonly period: bigint;
  readonly periodStart: bigint | undefined;
  readonly periodEnd: bigint | undefined;
  readonly peers: readonly {
    readonly address: string;
    readonly status: 'up' | 'connecting' | 'down';
  }[];
}

export interface ControlClient {
  generate(): Promise<Uint8Array | undefined>;
  exportStaged(): Promise<Uint8Array | undefined>;
  dropStaged(): Promise<Uint8Array | undefined>;
  install(certificate: OperationalCertificate): Promise<Result>;
  drop(): Promise<Result>;
  info(): Promise<AgentInfo>;
}

export interface SignRequest {
  readonly message: Uint8Array;
  readonly period: bigint | undefined;
}

export type SignRefusal =
  'no-key' | 'wrong-period' | 'block-header' | 'too-long' | 'too-many' | 'clock' | 'malformed';

export type SignAnswer =
  | {
      readonly result: 'signed';
      readonly signature: Uint8Array;
      readonly period: bigint;
      readonly evolution: number;
      readonly certificate: OperationalCertificate;
      readonly coldVerificationKey: Uint8Array;
    }
  | { readonly result: SignRefusal; readonly period: bigint };
