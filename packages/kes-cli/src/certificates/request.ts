/** Requests of certificates, and `kes opcert request`: public files that go to the machine with the cold key. */
import { isDeepStrictEqual } from 'node:util';
import {
  hexOf,
  type KesParameters,
  networkNames,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import {
  type CertificateRequest,
  certificateRequestText,
  parseCertificateRequest,
} from '@evolock/cardano-kes';
import { type Answer, done, type Fact, type JsonMembers } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { invalid, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { aboutFile } from '../errors.js';
import { readPublic, refuseDash } from '../files/read.js';
import { refuseExisting } from '../files/write.js';
import { KEY_FORMS, keyToCertify, readVerificationKey } from '../files/key-files.js';
import { momentNow, periodAt, timeInWords } from '../network/clock.js';
import {
  datedNetworkOf,
  NETWORK,
  networkInWords,
  networkJson,
  type NetworkOptions,
} from '../network/network.js';
import { ON_CHAIN, onChainOf, type OnChainOptions } from './on-chain.js';
import { checkClock } from './start.js';

/** Bytes, far above real ones. */
export const LARGEST_REQUEST = 16_384;

export function requestJson(request: CertificateRequest): JsonMembers {
  const { coldVerificationKey, parameters } = request;
  const file = JSON.parse(certificateRequestText(request)) as JsonMembers;
  const { type: _type, version: _version, onChain = null, replaces = null, ...members } = file;
  const network = networkJson(parameters);
  return {
    poolId: poolIdOf(coldVerificationKey),
    poolIdHex: poolIdHexOf(coldVerificationKey),
    ...members,
    network,
    onChain,
    replaces,
  };
}

export async function readRequest(session: Session, path: string): Promise<CertificateRequest> {
  const text = await readPublic(session, path, LARGEST_REQUEST);
  return aboutFile(path, () => parseCertificateRequest(text));
}

export function writeRequest(path: string, request: CertificateRequest, replace = false): void {
  writeDurably(path, Buffer.from(certificateRequestText(request)), { replace, secret: false });
}

/** A request does not make a network, which decides the right start period: it is known, or a genesis here states it. */
export function networkForRequest(
  path: string,
  { parameters }: CertificateRequest,
  named: KesParameters | undefined,
): KesParameters {
  const words = `${sourceName(path)}: it is for ${networkInWords(parameters)}`;
  if (named === undefined && (networkNames as readonly string[]).includes(parameters.name))
    return parameters;
  if (named === undefined) {
    throw usage(
      `${printable(words)}, which this release does not know: name it here, by --genesis <file> (and --without-byron)`,
    );
  }
  if (isDeepStrictEqual(named, parameters)) return named;
  throw invalid(
    `${printable(words)}, and the options name ${networkInWords(named)}, or the dates of their slots differ`,
  );
}

export function requestFacts(request: CertificateRequest): Fact[] {
  const { time, kesVerificationKey, startPeriod, parameters, onChain, replaces } = request;
  return [
    ['made at', timeInWords(time)],
    ['pool', poolIdOf(request.coldVerificationKey)],
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
  const kesVerificationKey = await keyToCertify(session, kesVkey);
  const { verificationKey: coldVerificationKey } = await readVerificationKey(
    session,
    '--cold-vkey',
    coldVkey,
  );
  const onChain = await onChainOf(session, options, {
    certificates: [],
    coldVerificationKey,
    at: { parameters, moment },
  });
  const made = {
    time: now,
    kesVerificationKey,
    startPeriod: periodAt(parameters, moment).period,
    parameters,
    coldVerificationKey,
    onChain: onChain?.last,
    replaces: undefined,
  };
  writeRequest(out, made);
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
