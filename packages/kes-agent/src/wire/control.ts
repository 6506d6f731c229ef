/**
 * The control protocol: a client sends one command and closes after the answer.
 */
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { ProtocolError } from '../errors.js';
import {
  COLD_SIGNATURE_SIZE,
  encodeCertificate,
  i64,
  joined,
  list,
  maybe,
  readCertificate,
  readFields,
  readList,
  readMaybe,
  readText,
  text,
  u16,
  u32,
  u64,
  u8,
  VERIFICATION_KEY_SIZE,
  type ByteSource,
} from './bytes.js';
import { numberOfResult, resultOfNumber, type Result } from './result.js';

/** The versions, newest first. */
export const controlVersions = [
  'Control:3.0',
  'Control:2.0',
  'Control:1.0',
  'Control:StandardCrypto:0.5',
] as const;

/** A version of the control protocol. */
export type ControlVersion = (typeof controlVersions)[number];

interface Traits {
  /** The command `drop`, and the timestamp of the installed key. */
  readonly drop: boolean;
  /** In info, the version of the program, and the start and end of the period. */
  readonly complete: boolean;
}

const traits: Readonly<Record<ControlVersion, Traits>> = {
  'Control:3.0': { drop: true, complete: true },
  'Control:2.0': { drop: true, complete: false },
  'Control:1.0': { drop: false, complete: false },
  'Control:StandardCrypto:0.5': { drop: false, complete: false },
};

/** In the order of their numbers on the wire. */
const commands = ['generate', 'export', 'drop-staged', 'install', 'info', 'drop'] as const;

/** The name of a command. */
export type ControlCommandName = (typeof commands)[number];

/** A command, with what it takes. */
export type ControlCommand =
  | { readonly command: Exclude<ControlCommandName, 'install'> }
  | { readonly command: 'install'; readonly certificate: OperationalCertificate };

/** Whether the version has the command. */
export function hasCommand(version: ControlVersion, command: ControlCommandName): boolean {
  return command !== 'drop' || traits[version].drop;
}

/** A command: for a version that has it, see {@link hasCommand}. */
export function encodeCommand(command: ControlCommand): Uint8Array {
  const number = u16(commands.indexOf(command.command));
  if (command.command !== 'install') return number;
  return joined(number, encodeCertificate(command.certificate));
}

/**
 * Reads a command.
 *
 * @returns `undefined` when the version has no command of this number.
 */
export async function readCommand(
  version: ControlVersion,
  source: ByteSource,
): Promise<ControlCommand | undefined> {
  const command = commands[(await readFields(source, 2)).u16()];
  if (command === undefined || !hasCommand(version, command)) return undefined;
  if (command !== 'install') return { command };
  return { command, certificate: await readCertificate(source) };
}

/** The answer to `generate`, `export` and `drop-staged`: the staged verification key, 32 bytes, if there is one. */
export function encodeMaybeKey(verificationKey: Uint8Array | undefined): Uint8Array {
  return maybe(verificationKey, (key) => key);
}

/** Reads the staged verification key, if there is one. */
export async function readMaybeKey(source: ByteSource): Promise<Uint8Array | undefined> {
  return readMaybe(
    source,
    'the staged verification key',
    async (it) => new Uint8Array(await it.read(VERIFICATION_KEY_SIZE)),
  );
}

/** The answer to `install` and `drop`, 2 bytes. */
export function encodeResult16(result: Result): Uint8Array {
  return u16(numberOfResult(result));
}

/** Reads the answer to `install` and `drop`. */
export async function readResult16(source: ByteSource): Promise<Result> {
  return resultOfNumber((await readFields(source, 2)).u16());
}

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

/** What an agent answers to `info`. A version leaves out what it does not have. */
export interface CompleteAgentInfo extends AgentInfo {
  readonly program: string;
  readonly periodStart: bigint;
  readonly periodEnd: bigint;
}

/** The largest number of peers that is read. */
export const MAX_PEERS = 1024;

/** Bytes of an installed key without its timestamp. */
const BUNDLE_SIZE = 4 + 8 + 8 + VERIFICATION_KEY_SIZE + COLD_SIGNATURE_SIZE;

function encodeInstalled(version: ControlVersion, key: InstalledKey): Uint8Array {
  const bundle = joined(
    u32(key.evolution),
    u64(key.startPeriod),
    u64(key.counter),
    key.verificationKey,
    key.signature,
  );
  return traits[version].drop ? joined(u8(1), bundle, maybe(key.timestamp, i64)) : bundle;
}

async function readI64(source: ByteSource): Promise<bigint> {
  return (await readFields(source, 8)).i64();
}

async function readBundle(source: ByteSource): Promise<Omit<InstalledKey, 'timestamp'>> {
  const fields = await readFields(source, BUNDLE_SIZE);
  return {
    evolution: fields.u32(),
    startPeriod: fields.u64(),
    counter: fields.u64(),
    verificationKey: fields.bytes(VERIFICATION_KEY_SIZE),
    signature: fields.bytes(COLD_SIGNATURE_SIZE),
  };
}

/** A timestamp without a key, which the layout allows, is read as no key. */
async function readInstalled(
  version: ControlVersion,
  source: ByteSource,
): Promise<InstalledKey | undefined> {
  if (!traits[version].drop) return { ...(await readBundle(source)), timestamp: undefined };
  const bundle = await readMaybe(source, 'the key within the installed key', readBundle);
  const timestamp = await readMaybe(source, 'the timestamp of the installed key', readI64);
  return bundle && { ...bundle, timestamp };
}

function encodePeer({ address, status }: Peer): Uint8Array {
  return joined(text(address), u8(statuses.indexOf(status)));
}

async function readPeer(source: ByteSource): Promise<Peer> {
  const address = await readText(source, 'the address of a peer');
  const status = statuses[(await readFields(source, 1)).u8()];
  if (status === undefined) throw new ProtocolError('wrong-value', 'the status of a peer');
  return { address, status };
}

/** The answer to `info`. What the version does not have is left out. */
export function encodeInfo(version: ControlVersion, info: CompleteAgentInfo): Uint8Array {
  const { complete } = traits[version];
  return joined(
    ...(complete ? [text(info.program)] : []),
    maybe(info.installed, (key) => encodeInstalled(version, key)),
    encodeMaybeKey(info.staged),
    i64(info.now),
    u64(info.period),
    ...(complete ? [i64(info.periodStart), i64(info.periodEnd)] : []),
    list(info.peers, encodePeer),
  );
}

/** Reads the answer to `info`. */
export async function readInfo(version: ControlVersion, source: ByteSource): Promise<AgentInfo> {
  const { complete } = traits[version];
  const program = complete ? await readText(source, 'the version of the program') : undefined;
  const installed = await readMaybe(source, 'the installed key', (it) =>
    readInstalled(version, it),
  );
  const staged = await readMaybeKey(source);
  const fields = await readFields(source, complete ? 32 : 16);
  return {
    program,
    installed,
    staged,
    now: fields.i64(),
    period: fields.u64(),
    periodStart: complete ? fields.i64() : undefined,
    periodEnd: complete ? fields.i64() : undefined,
    peers: await readList(source, MAX_PEERS, 'peers', readPeer),
  };
}
