/** Requests of certificates: public files that go to the machine with the cold key. */
import {
  absolutePeriod,
  bytesOfHex,
  hexOf,
  kesParameters,
  networkNamed,
  networkNames,
  poolIdOf,
  slot,
  type AbsolutePeriod,
  type KesParameters,
  type SlotAnchor,
} from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import type { Fact, JsonMembers } from '../cli/answer.js';
import { printable, sourceName } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';
import { networkInWords, networkJson } from '../network/network.js';
import type { LastOnChain } from './number.js';

/** What a certificate is requested for. */
export interface CertificateRequest {
  readonly time: Date;
  /** 32 bytes. */
  readonly kesVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** Of a network whose slots have dates. */
  readonly parameters: KesParameters;
  /** The cold key of the pool, 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** The number of the pool's last certificate on chain, if it is known. */
  readonly onChain: LastOnChain | undefined;
  /** The certificate that is replaced; `undefined` for the first one of a pool. */
  readonly replaces: Replaced | undefined;
}

/** The certificate that is replaced. */
interface Replaced {
  readonly sequenceNumber: bigint;
  readonly startPeriod: AbsolutePeriod;
}

const TYPE = 'EvolockCertificateRequest';
const VERSION = 2;

/** The size limit of a request in bytes, far above real ones. */
export const LARGEST_REQUEST = 16_384;

/** The text of a request. Numbers of 64 bits are text. What is unknown is left out. */
export function requestText(request: CertificateRequest): Uint8Array {
  const { time, kesVerificationKey, startPeriod, parameters, replaces, onChain } = request;
  const { coldVerificationKey } = request;
  const fields = {
    type: TYPE,
    version: VERSION,
    time: time.toISOString(),
    kesVerificationKey: hexOf(kesVerificationKey),
    startPeriod: String(startPeriod),
    network: networkFields(parameters),
    coldVerificationKey: hexOf(coldVerificationKey),
    ...(onChain === undefined ? {} : { onChain: String(onChain) }),
    ...(replaces === undefined
      ? {}
      : {
          replaces: {
            sequenceNumber: String(replaces.sequenceNumber),
            startPeriod: String(replaces.startPeriod),
          },
        }),
  };
  return Buffer.from(`${JSON.stringify(fields, undefined, 4)}\n`);
}

function networkFields(parameters: KesParameters): object {
  const { name, slotsPerKesPeriod, maxKesEvolutions, anchor } = parameters;
  return {
    name,
    slotsPerKesPeriod: String(slotsPerKesPeriod),
    maxKesEvolutions,
    ...(anchor === undefined ? {} : { anchor: { ...anchor, slot: String(anchor.slot) } }),
  };
}

/** The request in a file. */
export function parseRequest(path: string, text: Uint8Array): CertificateRequest {
  try {
    return requestIn(JSON.parse(Buffer.from(text).toString('utf8')));
  } catch (cause) {
    const words =
      cause instanceof VersionError
        ? `it is a certificate request of another version, and this release reads version ${VERSION}: make it again with this release`
        : 'it is not a certificate request of kes, or it is damaged: copy it again';
    throw new CommandError('invalid', `${sourceName(path)}: ${words}`, { cause });
  }
}

/** A request of another version. */
class VersionError extends Error {}

/**
 * The network of a request: one that this release knows, or one that a genesis on this machine states. A request does not
 * make a network, since that decides which start period is right.
 *
 * @param path - The file of the request.
 * @param request - The request.
 * @param request.parameters - The network that it states.
 * @param named - The network that the options name, if they name one.
 */
export function networkForRequest(
  path: string,
  { parameters }: CertificateRequest,
  named: KesParameters | undefined,
): KesParameters {
  const isKnown = (networkNames as readonly string[]).includes(parameters.name);
  const words = `${sourceName(path)}: it is for ${networkInWords(parameters)}`;
  if (named === undefined && isKnown) return parameters;
  if (named === undefined) {
    throw new CommandError(
      'usage',
      `${printable(words)}, which this release does not know: name it here, by --genesis <file> (and --without-byron)`,
    );
  }
  if (JSON.stringify(networkFields(named)) === JSON.stringify(networkFields(parameters))) {
    return named;
  }
  throw new CommandError(
    'invalid',
    `${printable(words)}, and the options name ${networkInWords(named)}, or the dates of their slots differ`,
  );
}

/** Whether a text is that of a request, of any version. */
export function isRequest(text: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(text).toString('utf8'));
    return fieldsOf(value)['type'] === TYPE;
  } catch {
    return false;
  }
}

/** The content of a request, for a person. */
export function requestFacts(request: CertificateRequest): Fact[] {
  const { time, kesVerificationKey, startPeriod, parameters, onChain, replaces } = request;
  return [
    ['made at', timeInWords(time)],
    ['pool', poolIdOf(request.coldVerificationKey).bech32],
    ['KES key', hexOf(kesVerificationKey)],
    ['starts at', `KES period ${startPeriod}`],
    ['network', networkInWords(parameters)],
    ['on chain', onChain === undefined ? 'unknown' : String(onChain)],
    [
      'replaces',
      replaces === undefined
        ? 'no certificate'
        : `number ${replaces.sequenceNumber}, from KES period ${replaces.startPeriod}`,
    ],
  ];
}

/** The content of a request for `--json`. */
export function requestJson(request: CertificateRequest): JsonMembers {
  const { time, kesVerificationKey, coldVerificationKey, startPeriod, parameters } = request;
  const { onChain, replaces } = request;
  return {
    time: time.toISOString(),
    kesVerificationKey: hexOf(kesVerificationKey),
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: { ...poolIdOf(coldVerificationKey) },
    startPeriod: String(startPeriod),
    network: networkJson(parameters),
    onChain: onChain === undefined ? null : String(onChain),
    replaces:
      replaces === undefined
        ? null
        : {
            sequenceNumber: String(replaces.sequenceNumber),
            startPeriod: String(replaces.startPeriod),
          },
  };
}

// What is missing or of another type makes one of these functions throw.
type Fields = Readonly<Record<string, unknown>>;

function requestIn(value: unknown): CertificateRequest {
  const fields = fieldsOf(value);
  if (fields['type'] !== TYPE) throw new TypeError('type');
  if (fields['version'] !== VERSION) throw new VersionError('version');
  const time = new Date(textOf(fields['time']));
  if (Number.isNaN(time.getTime())) throw new TypeError('time');
  return {
    time,
    kesVerificationKey: keyOf(fields['kesVerificationKey']),
    startPeriod: absolutePeriod(integerOf(fields['startPeriod'])),
    parameters: parametersIn(fieldsOf(fields['network'])),
    coldVerificationKey: keyOf(fields['coldVerificationKey']),
    onChain: lastIn(fields['onChain']),
    replaces: replacedIn(fields['replaces']),
  };
}

function lastIn(value: unknown): LastOnChain | undefined {
  return value === undefined || value === 'none' ? value : number64Of(value);
}

function replacedIn(value: unknown): Replaced | undefined {
  if (value === undefined) return undefined;
  const fields = fieldsOf(value);
  return {
    sequenceNumber: number64Of(fields['sequenceNumber']),
    startPeriod: absolutePeriod(integerOf(fields['startPeriod'])),
  };
}

/** A known network is the one of this release, whatever the file states. */
function parametersIn(fields: Fields): KesParameters {
  const name = textOf(fields['name']);
  if ((networkNames as readonly string[]).includes(name)) return networkNamed(name);
  return kesParameters({
    name,
    slotsPerKesPeriod: integerOf(fields['slotsPerKesPeriod']),
    maxKesEvolutions: fields['maxKesEvolutions'] as number,
    anchor: anchorIn(fieldsOf(fields['anchor'])),
  });
}

/** `kesParameters` checks the numbers. */
function anchorIn({ slot: first, ...numbers }: Fields): SlotAnchor {
  return { ...(numbers as unknown as SlotAnchor), slot: slot(integerOf(first)) };
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('object');
  return value as Fields;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('text');
  return value;
}

function integerOf(value: unknown): bigint {
  const text = textOf(value);
  if (!/^[0-9]{1,20}$/.test(text)) throw new TypeError('number');
  return BigInt(text);
}

function number64Of(value: unknown): bigint {
  const number = integerOf(value);
  if (number >= 1n << 64n) throw new TypeError('number');
  return number;
}

function keyOf(value: unknown): Uint8Array {
  const bytes = bytesOfHex(textOf(value));
  if (bytes?.byteLength !== 32) throw new TypeError('key');
  return bytes;
}
