/** Requests of certificates, and `kes opcert request`: public files that go to the machine with the cold key. */
import { isDeepStrictEqual } from 'node:util';
import {
  type AbsolutePeriod,
  absolutePeriod,
  bytesOfHex,
  type CertificateBody,
  hexOf,
  type KesParameters,
  kesParameters,
  networkNamed,
  networkNames,
  poolIdOf,
  slot,
} from '@evolock/cardano-kes';
import {
  type Answer,
  done,
  type Fact,
  type Json,
  type JsonMembers,
} from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { invalid, usage } from '@evolock/command-line/errors';
import { wholeNumber64 } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { refuseDash } from '../files/read.js';
import { refuseExisting } from '../files/write.js';
import {
  COLD_KEY,
  KES_KEY,
  KEY_FORMS,
  readVerificationKey,
  refuseOtherDepth,
} from '../keys/key-files.js';
import { momentNow, periodAt, timeInWords } from '../network/clock.js';
import {
  datedNetworkOf,
  NETWORK,
  networkInWords,
  networkJson,
  type NetworkOptions,
} from '../network/network.js';
import { checkClock } from './issuing.js';
import { type LastOnChain, ON_CHAIN, onChainOf, type OnChainOptions } from './number.js';

export interface CertificateRequest {
  readonly time: Date;
  readonly kesVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** Of a network whose slots have dates. */
  readonly parameters: KesParameters;
  readonly coldVerificationKey: Uint8Array;
  readonly onChain: LastOnChain | undefined;
  /** The certificate that is replaced; `undefined` for the first one of a pool. */
  readonly replaces: Pick<CertificateBody, 'sequenceNumber' | 'startPeriod'> | undefined;
}

const TYPE = 'EvolockCertificateRequest';
const VERSION = 2;

/** Bytes, far above real ones. */
export const LARGEST_REQUEST = 16_384;

/** The members of a request. Numbers of 64 bits are text. What is unknown is `undefined`. */
function membersOf(request: CertificateRequest, network: Json) {
  const { time, kesVerificationKey, startPeriod, coldVerificationKey, onChain, replaces } = request;
  return {
    time: time.toISOString(),
    kesVerificationKey: hexOf(kesVerificationKey),
    startPeriod: String(startPeriod),
    network,
    coldVerificationKey: hexOf(coldVerificationKey),
    onChain: onChain?.toString(),
    replaces: replaces && {
      sequenceNumber: String(replaces.sequenceNumber),
      startPeriod: String(replaces.startPeriod),
    },
  };
}

export function requestJson(request: CertificateRequest): JsonMembers {
  const members = membersOf(request, networkJson(request.parameters));
  return {
    poolId: { ...poolIdOf(request.coldVerificationKey) },
    ...members,
    onChain: members.onChain ?? null,
    replaces: members.replaces ?? null,
  };
}

export function requestText(request: CertificateRequest): Uint8Array {
  const members = membersOf(request, networkMembers(request.parameters));
  return Buffer.from(
    `${JSON.stringify({ type: TYPE, version: VERSION, ...members }, undefined, 4)}\n`,
  );
}

function networkMembers({ name, slotsPerKesPeriod, maxKesEvolutions, anchor }: KesParameters) {
  return {
    name,
    slotsPerKesPeriod: String(slotsPerKesPeriod),
    maxKesEvolutions,
    anchor: anchor && { ...anchor, slot: String(anchor.slot) },
  };
}

export function parseRequest(path: string, text: Uint8Array): CertificateRequest {
  try {
    return requestIn(text);
  } catch (cause) {
    const words =
      isRequest(text) && membersIn(text).version !== VERSION
        ? `it is a certificate request of another version, and this release reads version ${VERSION}: make it again with this release`
        : 'it is not a certificate request of kes, or it is damaged: copy it again';
    throw invalid(`${sourceName(path)}: ${words}`, { cause });
  }
}

/** The members of a file. Each is read by its own rule, and what was read is compared with the file. */
type RequestFile = Omit<ReturnType<typeof membersOf>, 'network'> & {
  readonly type: string;
  readonly version: number;
  readonly network: ReturnType<typeof networkMembers>;
};

function membersIn(text: Uint8Array): RequestFile {
  return JSON.parse(Buffer.from(text).toString('utf8')) as RequestFile;
}

/** What is missing or of another type throws, or is not what the text of the request says. */
function requestIn(text: Uint8Array): CertificateRequest {
  const file = membersIn(text);
  const { network, onChain, replaces } = file;
  const request: CertificateRequest = {
    time: new Date(file.time),
    kesVerificationKey: keyIn(file.kesVerificationKey),
    startPeriod: absolutePeriod(wholeNumber64(file.startPeriod)),
    parameters: parametersIn(network),
    coldVerificationKey: keyIn(file.coldVerificationKey),
    onChain: onChain === undefined || onChain === 'none' ? onChain : wholeNumber64(onChain),
    replaces: replaces && {
      sequenceNumber: wholeNumber64(replaces.sequenceNumber),
      startPeriod: absolutePeriod(wholeNumber64(replaces.startPeriod)),
    },
  };
  const again = { ...membersIn(requestText(request)), network };
  if (!isDeepStrictEqual(again, file)) throw new TypeError('members');
  return request;
}

function keyIn(text: string): Uint8Array {
  const bytes = bytesOfHex(text);
  if (bytes?.byteLength !== 32) throw new TypeError('key');
  return bytes;
}

/** A known network is the one of this release, whatever the file states. `kesParameters` checks the numbers of another. */
function parametersIn(network: RequestFile['network']): KesParameters {
  const { name, slotsPerKesPeriod, maxKesEvolutions, anchor } = network;
  if (isKnown(name)) return networkNamed(name);
  if (anchor === undefined) throw new TypeError('anchor');
  return kesParameters({
    name,
    slotsPerKesPeriod: wholeNumber64(slotsPerKesPeriod),
    maxKesEvolutions,
    anchor: { ...anchor, slot: slot(wholeNumber64(anchor.slot)) },
  });
}

function isKnown(name: string): boolean {
  return (networkNames as readonly string[]).includes(name);
}

/** A request does not make a network, which decides the right start period: it is known, or a genesis here states it. */
export function networkForRequest(
  path: string,
  { parameters }: CertificateRequest,
  named: KesParameters | undefined,
): KesParameters {
  const words = `${sourceName(path)}: it is for ${networkInWords(parameters)}`;
  if (named === undefined && isKnown(parameters.name)) return parameters;
  if (named === undefined) {
    throw usage(
      `${printable(words)}, which this release does not know: name it here, by --genesis <file> (and --without-byron)`,
    );
  }
  if (isDeepStrictEqual(networkMembers(named), networkMembers(parameters))) return named;
  throw invalid(
    `${printable(words)}, and the options name ${networkInWords(named)}, or the dates of their slots differ`,
  );
}

/** Whether a text is that of a request, of any version. */
export function isRequest(text: Uint8Array): boolean {
  try {
    return membersIn(text).type === TYPE;
  } catch {
    return false;
  }
}

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

interface RequestOptions extends NetworkOptions, OnChainOptions {
  readonly kesVkey: string;
  readonly coldVkey: string;
  readonly out: string;
}

export const requestCommand: Definition = {
  text: `
    Writes a request of a certificate that starts at the current KES period, for kes opcert issue --request on the machine with the cold key. It is for the first certificate of a pool, and replaces none: kes rotate requests the next ones.

    --kes-vkey <key>   the KES verification key: ${KEY_FORMS}
    --cold-vkey <key>  the cold verification key of the pool, as --kes-vkey
    --out <file>       the file for the request

    # A new pool
    $ kes opcert request --kes-vkey kes.vkey --cold-vkey cold.vkey --network mainnet --on-chain none --out kes.request`,
  needed: ['kesVkey', 'coldVkey', 'out'],
  options: [...NETWORK, ON_CHAIN],
  work: request,
};

async function request(session: Session, options: RequestOptions): Promise<Answer> {
  const { kesVkey, coldVkey, out } = options;
  refuseDash('--out', out, 'the request is written to a file: give a name');
  refuseExisting(out, false, 'certificate-request', 'remove it');
  const parameters = await datedNetworkOf(session, options);
  const now = session.context.now();
  const moment = momentNow(parameters, now);
  checkClock({ parameters, moment });
  const onChain = await onChainOf(session, options, []);
  const kesKey = await readVerificationKey(session, '--kes-vkey', kesVkey, KES_KEY);
  refuseOtherDepth(kesVkey, kesKey.type);
  const coldKey = await readVerificationKey(session, '--cold-vkey', coldVkey, COLD_KEY);
  const made = {
    time: now,
    kesVerificationKey: kesKey.verificationKey,
    startPeriod: periodAt(parameters, moment).period,
    parameters,
    coldVerificationKey: coldKey.verificationKey,
    onChain,
    replaces: undefined,
  };
  writeDurably(out, requestText(made), { replace: false, secret: false });
  return {
    json: { requestFile: out, ...requestJson(made) },
    result: done(`${printable(out)}: a request of a certificate`),
    facts: requestFacts(made),
    after: [
      `  Copy ${printable(out)} to the machine with the cold key, and run there:`,
      `  kes opcert issue --request ${shellWord(out)} --cold-skey cold.skey --counter cold.counter --out node.cert`,
    ],
  };
}
