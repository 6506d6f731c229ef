/** The control protocol: a client sends one command and closes after the answer. */
import type { OperationalCertificate } from '@evolock/cardano-headers';
import {
  absent,
  certificate,
  coldSignature,
  i64,
  joined,
  list,
  maybe,
  named,
  sequence,
  text,
  u16,
  u32,
  u64,
  u8,
  verificationKey,
  type Codec,
} from './codec.js';

/** The versions, newest first. */
export const controlVersions = [
  'Control:3.0',
  'Control:2.0',
  'Control:1.0',
  'Control:StandardCrypto:0.5',
] as const;

export type ControlVersion = (typeof controlVersions)[number];

/** The versions that have the command `drop`, and the timestamp of the installed key. */
const versionsWithDrop: readonly ControlVersion[] = ['Control:3.0', 'Control:2.0'];

/** In the order of their numbers on the wire. */
const commands = ['generate', 'export', 'drop-staged', 'install', 'info', 'drop'] as const;

type ControlCommandName = (typeof commands)[number];

export type ControlCommand =
  | { readonly command: Exclude<ControlCommandName, 'install'> }
  | { readonly command: 'install'; readonly certificate: OperationalCertificate };

/** Whether the version has the command. */
export function hasCommand(version: ControlVersion, command: ControlCommandName): boolean {
  return command !== 'drop' || versionsWithDrop.includes(version);
}

/** A command, for a version that {@link hasCommand}. A number that the version does not have is read as `undefined`. */
export function command(version: ControlVersion): Codec<ControlCommand | undefined> {
  return {
    encode(given) {
      if (given === undefined) return new Uint8Array();
      const number = u16.encode(commands.indexOf(given.command));
      if (given.command !== 'install') return number;
      return joined(number, certificate.encode(given.certificate));
    },
    async read(source) {
      const name = commands[await u16.read(source)];
      if (name === undefined || !hasCommand(version, name)) return undefined;
      if (name !== 'install') return { command: name };
      return { command: name, certificate: await certificate.read(source) };
    },
  };
}

/** The answer to `generate`, `export` and `drop-staged`: the staged verification key, if there is one. */
export const maybeKey = maybe(verificationKey, 'the staged verification key');

/** The installed key, in the answer to `info`. */
export interface InstalledKey {
  readonly evolution: number;
  readonly startPeriod: bigint;
  readonly counter: bigint;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** The signature of the certificate, 64 bytes. */
  readonly signature: Uint8Array;
  /** Seconds since 1970; `undefined` when it is unknown, or the version has no timestamps. */
  readonly timestamp: bigint | undefined;
}

/** In the order of their numbers on the wire. */
const statuses = ['up', 'connecting', 'down'] as const;

/** A bootstrap connection of the agent. */
export interface Peer {
  readonly address: string;
  readonly status: (typeof statuses)[number];
}

/** The answer to `info`. */
export interface AgentInfo {
  /** The version of the program; `undefined` in a version without it. */
  readonly program: string | undefined;
  readonly installed: InstalledKey | undefined;
  /**
   * When the installed key was dropped, seconds since 1970, from an agent that states it: the protocol has a place for it in versions
   * with timestamps. `undefined` otherwise.
   */
  readonly droppedAt: bigint | undefined;
  /** The staged verification key, 32 bytes. */
  readonly staged: Uint8Array | undefined;
  /** The clock of the agent, seconds since 1970. */
  readonly now: bigint;
  /** The absolute KES period. */
  readonly period: bigint;
  /** Seconds since 1970; `undefined` in a version without it. */
  readonly periodStart: bigint | undefined;
  /** Seconds since 1970; `undefined` in a version without it. */
  readonly periodEnd: bigint | undefined;
  readonly peers: readonly Peer[];
}

/** The largest number of peers that is read. */
export const MAX_PEERS = 1024;

type Bundle = Omit<InstalledKey, 'timestamp'>;

const bundle = sequence<Bundle>({
  evolution: u32,
  startPeriod: u64,
  counter: u64,
  verificationKey,
  signature: coldSignature,
});

/** The installed key, or when it was dropped. */
type KeyOrDrop = Pick<AgentInfo, 'installed' | 'droppedAt'>;

const maybeBundle = maybe(bundle, 'the installed key');

const undatedKey: Codec<KeyOrDrop> = {
  encode: ({ installed }) => maybeBundle.encode(installed),
  async read(source) {
    const key = await maybeBundle.read(source);
    return { installed: key && { ...key, timestamp: undefined }, droppedAt: undefined };
  },
};

const maybeDated = maybe(
  sequence<{ key: Bundle | undefined; timestamp: bigint | undefined }>({
    key: maybe(bundle, 'the key within the installed key'),
    timestamp: maybe(i64, 'the timestamp of the installed key'),
  }),
  'the installed key',
);

/** A key that was dropped leaves its timestamp. */
const datedKey: Codec<KeyOrDrop> = {
  encode({ installed: key, droppedAt }) {
    const timestamp = key === undefined ? droppedAt : key.timestamp;
    return maybeDated.encode(
      key === undefined && timestamp === undefined ? undefined : { key, timestamp },
    );
  },
  async read(source) {
    const { key, timestamp } = (await maybeDated.read(source)) ?? {};
    return key === undefined
      ? { installed: undefined, droppedAt: timestamp }
      : { installed: { ...key, timestamp }, droppedAt: undefined };
  },
};

const peer = sequence<Peer>({
  address: text('the address of a peer'),
  status: named(u8, statuses, 'the status of a peer'),
});

/** The answer to `info`. What the version does not have is left out. */
export function info(version: ControlVersion): Codec<AgentInfo> {
  const isComplete = version === 'Control:3.0';
  const parts = sequence<Omit<AgentInfo, keyof KeyOrDrop> & { readonly key: KeyOrDrop }>({
    program: isComplete ? text('the version of the program') : absent(undefined),
    key: versionsWithDrop.includes(version) ? datedKey : undatedKey,
    staged: maybeKey,
    now: i64,
    period: u64,
    periodStart: isComplete ? i64 : absent(undefined),
    periodEnd: isComplete ? i64 : absent(undefined),
    peers: list(peer, MAX_PEERS, 'peers'),
  });
  return {
    encode: (given) => parts.encode({ ...given, key: given }),
    async read(source) {
      const { key, ...rest } = await parts.read(source);
      return { ...rest, ...key };
    },
  };
}
