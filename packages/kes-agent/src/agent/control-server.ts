import { EvolockError } from '@evolock/direct-serialise';
import type { Channel } from '../sockets/channel.js';
import {
  controlVersions,
  encodeInfo,
  encodeMaybeKey,
  encodeResult16,
  readCommand,
  type AgentInfo,
  type CompleteAgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../wire/control.js';
import { readIdentifier } from '../wire/handshake.js';
import { event, reasonOf, type Log } from './events.js';
import type { KeyStore } from './key-store.js';
import { startOfPeriod } from './schedule.js';
import { messageOf, offerVersions } from './session.js';

declare const PACKAGE_VERSION: string;

/** What the connections of the control socket share. */
export interface ControlOptions {
  readonly store: KeyStore;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds for the handshake and the command. */
  readonly timeout: number;
  readonly peers: () => AgentInfo['peers'];
}

/** Serves one client of the control socket: one command, one answer. */
export async function serveControl(channel: Channel, options: ControlOptions): Promise<void> {
  const message = messageOf(channel, options.timeout);
  const version = await offerVersions(channel, message, controlVersions);
  if (version === undefined) return;
  await readIdentifier(message, version);
  const command = await readCommand(version, message);
  await channel.write(
    command === undefined ? unsupported(options) : answer(version, command, options),
  );
}

function unsupported({ log }: ControlOptions): Uint8Array {
  log(event('warn', 'unknown-command', 'a control client sent a command that does not exist'));
  return encodeResult16('unsupported');
}

function answer(
  version: ControlVersion,
  command: ControlCommand,
  options: ControlOptions,
): Uint8Array {
  const { store } = options;
  switch (command.command) {
    case 'generate':
      return encodeMaybeKey(generated(options));
    case 'export':
      return encodeMaybeKey(store.stagedVerificationKey());
    case 'drop-staged':
      store.dropStaged();
      return encodeMaybeKey(undefined);
    case 'install':
      return encodeResult16(store.install(command.certificate));
    case 'drop':
      return encodeResult16(store.drop());
    case 'info':
      return encodeInfo(version, infoOf(options));
  }
}

/** `undefined`, and one line in the log, when there is no locked memory for another key. */
function generated({ store, log }: ControlOptions): Uint8Array | undefined {
  try {
    return store.stage();
  } catch (error) {
    if (!(error instanceof EvolockError)) throw error;
    log(event('error', 'key-not-generated', `no key is generated: ${reasonOf(error)}`));
    return undefined;
  }
}

function infoOf({ store, now, peers }: ControlOptions): CompleteAgentInfo {
  const current = store.current();
  // The protocol has no word for a clock before the start of the network.
  const period = store.period() ?? 0n;
  const { parameters } = store.configuration;
  return {
    program: `evolock kes-agent ${PACKAGE_VERSION}`,
    installed:
      current === undefined
        ? undefined
        : {
            evolution: current.evolution,
            startPeriod: current.certificate.startPeriod,
            counter: current.certificate.sequenceNumber,
            verificationKey: current.certificate.hotVerificationKey,
            signature: current.certificate.signature,
            timestamp: current.timestamp / 1_000_000n,
          },
    staged: store.stagedVerificationKey(),
    now: seconds(now()),
    period,
    periodStart: seconds(startOfPeriod(parameters, period) ?? 0),
    periodEnd: seconds(startOfPeriod(parameters, period + 1n) ?? 0),
    peers: peers(),
  };
}

function seconds(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds / 1_000));
}
