/**
 * Requests of certificates: public files that go from the machine of the node, which knows the key, the network and the clock,
 * to the machine with the cold key. The format is ours: JSON, with numbers of 64 bits as text.
 */
import { isDeepStrictEqual, types } from 'node:util';
import {
  bytesOfHex,
  hexOf,
  absolutePeriod,
  slot,
  type AbsolutePeriod,
  kesParameters,
  networkNamed,
  networkNames,
  type KesParameters,
  type CertificateBody,
} from '@evolock/cardano-headers';
import { type LastOnChain } from '@evolock/cardano-headers/certificates';
import {
  checkUnsigned64,
  checkParameters,
  VERIFICATION_KEY_SIZE,
} from '@evolock/cardano-headers/files';
import {
  checkBytes,
  checkRecord,
  isBytes,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { CardanoError } from '../errors.js';

/** What a certificate is requested for. Nothing of it is verified. */
export interface CertificateRequest {
  /** When it was made. */
  readonly time: Date;
  /** The KES verification key of the certificate, 32 bytes. */
  readonly kesVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** Of a network whose slots have dates. */
  readonly parameters: KesParameters;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** `undefined` when it is unknown. */
  readonly onChain: LastOnChain | undefined;
  /** The certificate that is replaced; `undefined` for the first one of a pool. */
  readonly replaces: Replaced | undefined;
}

type Replaced = Pick<CertificateBody, 'sequenceNumber' | 'startPeriod'>;

const TYPE = 'EvolockCertificateRequest';
const VERSION = 2;

/** What is unknown is `undefined`. */
function membersOf(request: Partial<CertificateRequest>) {
  const { time, kesVerificationKey, startPeriod, coldVerificationKey, onChain, replaces } = request;
  const { name, slotsPerKesPeriod, maxKesEvolutions, anchor } = checkParameters(request.parameters);
  if (anchor === undefined)
    throw wrongValue('parameters', 'those of a network whose slots have dates', name);
  if (!types.isDate(time) || Number.isNaN(time.getTime())) throw wrongType('time', 'a Date', time);
  return {
    type: TYPE,
    version: VERSION,
    time: time.toISOString(),
    kesVerificationKey: digitsOfKey('kesVerificationKey', kesVerificationKey),
    startPeriod: digitsOf('startPeriod', startPeriod),
    network: {
      name,
      slotsPerKesPeriod: String(slotsPerKesPeriod),
      maxKesEvolutions,
      anchor: { ...anchor, slot: String(anchor.slot) },
    },
    coldVerificationKey: digitsOfKey('coldVerificationKey', coldVerificationKey),
    onChain: onChain === undefined || onChain === 'none' ? onChain : digitsOf('onChain', onChain),
    replaces:
      replaces === undefined ? undefined : replacedDigits(checkRecord('replaces', replaces)),
  };
}

function replacedDigits({ sequenceNumber, startPeriod }: Partial<Replaced>) {
  return {
    sequenceNumber: digitsOf('replaces.sequenceNumber', sequenceNumber),
    startPeriod: digitsOf('replaces.startPeriod', startPeriod),
  };
}

function digitsOf(argument: string, value: unknown): string {
  return String(checkUnsigned64(argument, value));
}

function digitsOfKey(argument: string, value: unknown): string {
  return hexOf(checkBytes(argument, value, VERIFICATION_KEY_SIZE));
}

/** The text of the file of a request. Of a known network, the reader takes the parameters of its release by the name. */
export function certificateRequestText(request: CertificateRequest): string {
  return `${JSON.stringify(membersOf(checkRecord('request', request)), undefined, 4)}\n`;
}

/** The members of a file. Each is read by its own rule, and what was read is compared with the file. */
type RequestFile = ReturnType<typeof membersOf>;

function membersIn(text: string): RequestFile {
  return JSON.parse(text) as RequestFile;
}

function typeIn(text: string): Partial<RequestFile> {
  try {
    return { ...membersIn(text) };
  } catch {
    return {};
  }
}

/**
 * Reads a request of a certificate, as `kes rotate` writes it, from the text of its file. Of a known network it has the parameters of this release, whatever the file states.
 *
 * @throws {@link CardanoError} `ERR_EVOLOCK_CARDANO_REQUEST`: reason `no-request`, `other-version` or `damaged-request`.
 */
export function parseCertificateRequest(text: string | Uint8Array): CertificateRequest {
  if (typeof text !== 'string' && !isBytes(text))
    throw wrongType('text', 'text or a Uint8Array', text);
  const given = Buffer.from(text).toString();
  const { type, version } = typeIn(given);
  if (type !== TYPE) throw new CardanoError('no-request');
  if (version !== VERSION) throw new CardanoError('other-version');
  try {
    return requestIn(membersIn(given));
  } catch (cause) {
    throw new CardanoError('damaged-request', { cause });
  }
}

/** What is missing or of another type throws, or is not what the text of the request says. */
function requestIn(file: RequestFile): CertificateRequest {
  const { onChain, replaces } = file;
  const request: CertificateRequest = {
    time: new Date(file.time),
    kesVerificationKey: keyIn(file.kesVerificationKey),
    startPeriod: absolutePeriod(whole(file.startPeriod)),
    parameters: parametersIn(file.network),
    coldVerificationKey: keyIn(file.coldVerificationKey),
    onChain: onChain === undefined || onChain === 'none' ? onChain : whole(onChain),
    replaces:
      replaces === undefined
        ? undefined
        : {
            sequenceNumber: whole(replaces.sequenceNumber),
            startPeriod: absolutePeriod(whole(replaces.startPeriod)),
          },
  };
  const again = membersIn(certificateRequestText(request));
  const network = isKnown(file.network) ? file.network : again.network;
  if (!isDeepStrictEqual({ ...again, network }, file)) throw new TypeError('members');
  return request;
}

function whole(text: string): bigint {
  return checkUnsigned64('number', BigInt(text));
}

function keyIn(text: string): Uint8Array {
  const bytes = bytesOfHex(text);
  if (bytes?.byteLength !== VERIFICATION_KEY_SIZE) throw new TypeError('key');
  return bytes;
}

function isKnown({ name }: RequestFile['network']): boolean {
  return (networkNames as readonly string[]).includes(name);
}

/** `kesParameters` checks the numbers of a network that is not known. */
function parametersIn(network: RequestFile['network']): KesParameters {
  const { name, anchor, ...numbers } = network;
  if (isKnown(network)) return networkNamed(name);
  return kesParameters({
    name,
    slotsPerKesPeriod: whole(numbers.slotsPerKesPeriod),
    maxKesEvolutions: numbers.maxKesEvolutions,
    anchor: { ...anchor, slot: slot(whole(anchor.slot)) },
  });
}
