/** The control socket: the operator stages, installs and drops keys, and sees the state. */
import { EvolockError } from '@evolock/direct-serialise';
import { startOfPeriod } from '../clock.js';
import { Exchange, type Channel } from '../sockets/channel.js';
import { identifier, result16 } from '../wire/codec.js';
import {
  command,
  controlVersions,
  info,
  maybeKey,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../wire/control.js';
import { reasonOf } from './events.js';
import { offerVersions, type Serving } from './session.js';

declare const PACKAGE_VERSION: string;

/** What the connections of the control socket share. */
interface ControlOptions extends Serving, Informing {}

/** Of what an agent informs. */
interface Informing extends Pick<Serving, 'store'> {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly peers: () => AgentInfo['peers'];
}

/** Serves one client of the control socket: one command, one answer. */
export async function serveControl(channel: Channel, options: ControlOptions): Promise<void> {
  const message = new Exchange(channel, options.timeout);
  const version = await offerVersions(message, controlVersions);
  if (version === undefined) return;
  await identifier(version).read(message);
  const given = await command(version).read(message);
  await channel.write(given === undefined ? unsupported(options) : answer(version, given, options));
}

function unsupported({ note }: ControlOptions): Uint8Array {
  note('warn', 'unknown-command', 'a control client sent a command that does not exist');
  return result16.encode('unsupported');
}

function answer(
  version: ControlVersion,
  given: ControlCommand,
  options: ControlOptions,
): Uint8Array {
  const { store } = options;
  switch (given.command) {
    case 'generate':
      return maybeKey.encode(generated(options));
    case 'export':
      return maybeKey.encode(store.stagedVerificationKey());
    case 'drop-staged':
      store.dropStaged();
      return maybeKey.encode(undefined);
    case 'install':
      return result16.encode(store.install(given.certificate));
    case 'drop':
      return result16.encode(store.drop());
    case 'info':
      return info(version).encode(infoOf(options));
  }
}

/** `undefined`, and one line in the log, when there is no locked memory for another key. */
function generated({ store, note }: ControlOptions): Uint8Array | undefined {
  try {
    return store.stage();
  } catch (error) {
    if (!(error instanceof EvolockError)) throw error;
    note('error', 'key-not-generated', `no key is generated: ${reasonOf(error)}`);
    return undefined;
  }
}

/** What an agent states about itself. */
export function infoOf({ store, now, peers }: Informing): AgentInfo {
  const held = store.key.held();
  // The protocol has no word for a clock before the start of the network.
  const period = store.key.period() ?? 0n;
  const { parameters } = store.key.configuration;
  return {
    program: `evolock kes-agent ${PACKAGE_VERSION}`,
    installed:
      held === undefined
        ? undefined
        : {
            evolution: held.evolution,
            startPeriod: held.certificate.startPeriod,
            counter: held.certificate.sequenceNumber,
            verificationKey: held.certificate.hotVerificationKey,
            signature: held.certificate.signature,
            timestamp: held.timestamp / 1_000_000n,
          },
    // The reference agent does not state it either, in any recording.
    droppedAt: undefined,
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
