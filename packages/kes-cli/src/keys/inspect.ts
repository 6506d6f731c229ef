/** `kes inspect`: the content of any file of cardano-cli, with the checks of certificates and counters. */
import { statSync } from 'node:fs';
import { hexOf, poolIdHexOf, poolIdOf } from '@evolock/cardano-headers';
import { certificateVerdictJson, EnvelopeError } from '@evolock/cardano-headers/certificates';
import type { EnvelopeKind } from '@evolock/cardano-headers/files';
import {
  type CardanoError,
  inspectEnvelope,
  inspectEnvelopeText,
  nativeHeaders,
  parseCertificateRequest,
} from '@evolock/cardano-kes';
import { ExtendedSigningKey } from '@evolock/cardano-kes/all';
import {
  CERTIFICATE,
  certificateFacts,
  COUNTER,
  counterFacts,
  counterJson,
  judgeTime,
  lifeAt,
  signatureCheck,
} from '../certificates/certificate.js';
import { CHAIN_RULE, judgeCounter } from '../certificates/number.js';
import { ON_CHAIN, onChainOf, type OnChainOptions } from '../certificates/on-chain.js';
import { LARGEST_REQUEST, requestFacts, requestJson } from '../certificates/request.js';
import { aboutFile, ifPossible } from '../errors.js';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, invalid, usage } from '@evolock/command-line/errors';
import type { Answer, Check, JsonMembers } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName, STDIN } from '@evolock/command-line/text';
import { NETWORK, type NetworkOptions, placeIfNamed } from '../network/network.js';
import { parseEnvelope, readEnvelopeText, readPublic, type Readers } from '../files/read.js';
import { signingKeyContent, warningsAbout } from '../certificates/signing-key-file.js';
import {
  derivedOf,
  loadColdSigningKey,
  loadKesSigningKey,
  loadVrfSigningKey,
  COLD_KEY,
  KES_KEY,
  KEY_FORMS,
  keyChecks,
  VRF_KEY,
} from '../files/key-files.js';

interface Options extends OnChainOptions, NetworkOptions {
  readonly coldVkey?: string;
  readonly kesVkey?: string;
}

export const inspectCommand: Definition = {
  text: `
    Shows the content of a file of cardano-cli, or of a certificate request. Of a KES signing key: type, depth, variant, period, remaining periods, whether a node can use it, and a picture of its tree. Of other keys, certificates and counters: their public content. It prints no secret. It checks that the cold key of a certificate signed it and, on request, that it names the given keys; with --network also whether it is valid now; kes status shows more of its life. With --on-chain it checks the next number of a counter by the rule of the chain: ${CHAIN_RULE}.

    <file>             the file, or - for standard input, which cannot be a signing key
    --cold-vkey <key>  the cold verification key that a certificate must name
    --kes-vkey <key>   the KES verification key that it must name: ${KEY_FORMS}

    # At which period is it?
    $ kes inspect kes.skey
    # The same, for a script
    $ kes inspect kes.skey --json
    # Is the certificate signed, and does it name these keys?
    $ kes inspect node.cert --cold-vkey cold.vkey --kes-vkey kes.vkey
    # Does the network accept the next number?
    $ kes inspect cold.counter --network mainnet --on-chain pool1qqqq3zyy.on-chain.json`,
  options: [ON_CHAIN, ...NETWORK],
  exitCodes: [...CHECKED, ExitCode.incomplete],
  work: contentOf,
};

/** What a file holds. Its name and kind are added to the answer. */
interface Content extends Omit<Answer, 'result'> {
  readonly title: string;
}

interface Inquiry {
  readonly session: Session;
  readonly path: string;
  /** The text from a pipe or standard input, which can be read once only. It is not a signing key. */
  readonly text: Uint8Array | undefined;
  readonly options: Options;
}

type Kind = EnvelopeKind | 'certificate-request';

async function contentOf(session: Session, path: string, options: Options): Promise<Answer> {
  const text = isStream(path) ? await readEnvelopeText(session, path) : undefined;
  const inquiry = { session, path, text, options };
  const kind = await kindOf(inquiry);
  refuseOptions(kind, inquiry);
  const { title, json, ...content } = await CONTENT[kind](inquiry);
  return { ...content, result: `${sourceName(path)}: ${title}`, json: { kind, ...json } };
}

async function kindOf(inquiry: Inquiry): Promise<Kind> {
  try {
    const { kind, type } = readFrom(inquiry, { read: inspectEnvelope, parse: inspectEnvelopeText });
    if (kind !== undefined) return kind;
    throw invalid(`${sourceName(inquiry.path)}: ${unknownInWords(type)}`);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    // A request is no envelope. If the text cannot be read, the error about the envelope is reported.
    const text = await requestTextOf(inquiry).catch(() => undefined);
    if (text === undefined || !isRequest(text)) throw error;
    return 'certificate-request';
  }
}

/** Whether a text is that of a request, damaged or not. */
function isRequest(text: Uint8Array): boolean {
  try {
    parseCertificateRequest(text);
    return true;
  } catch (error) {
    return (error as CardanoError).reason !== 'no-request';
  }
}

/** Refuses an option that would check nothing of this kind of file. */
function refuseOptions(
  kind: Kind,
  { path, options: { coldVkey, kesVkey, onChain } }: Inquiry,
): void {
  const isCertificate = kind === 'operational-certificate';
  if (!isCertificate && (coldVkey !== undefined || kesVkey !== undefined)) {
    throw usage(
      `${sourceName(path)}: it is not a certificate, and --cold-vkey and --kes-vkey are about one`,
    );
  }
  if (onChain === undefined || kind === 'certificate-counter') return;
  const orElse = isCertificate ? ' (kes status takes it for a certificate)' : '';
  throw usage(`${sourceName(path)}: it is not a counter, and --on-chain is about one${orElse}`);
}

async function requestTextOf({ session, path, text }: Inquiry): Promise<Uint8Array> {
  return text ?? readPublic(session, path, LARGEST_REQUEST);
}

function unknownInWords(type: string): string {
  return /^(?:StakePool|GenesisDelegate)ExtendedVerificationKey_ed25519_bip32$/.test(type)
    ? `it is an extended (BIP32) verification key: make the plain one of it with cardano-cli key non-extended-key, found ${type}`
    : `kes does not know its type, ${printable(type)}`;
}

function isStream(path: string): boolean {
  if (path === STDIN) return true;
  const stats = ifPossible(() => statSync(path));
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

function readFrom<T>({ path, text }: Inquiry, { read, parse }: Readers<T>): T {
  return text === undefined ? read(path) : parseEnvelope(path, text, parse);
}

const CONTENT: Readonly<Record<Kind, (inquiry: Inquiry) => Content | Promise<Content>>> = {
  'certificate-request': async (inquiry) => {
    const text = await requestTextOf(inquiry);
    const request = aboutFile(inquiry.path, () => parseCertificateRequest(text));
    return {
      title: 'certificate request',
      facts: requestFacts(request),
      json: requestJson(request),
    };
  },
  'kes-signing-key': ({ path }) => {
    using file = loadKesSigningKey(path);
    const warnings = warningsAbout(path, file);
    return { title: 'KES signing key', ...signingKeyContent(file), warnings };
  },
  'kes-verification-key': (inquiry) =>
    keyContent('KES verification key', readFrom(inquiry, KES_KEY).verificationKey),
  'cold-verification-key': (inquiry) =>
    keyContent('cold verification key', readFrom(inquiry, COLD_KEY).verificationKey),
  'cold-signing-key': ({ path }) => {
    const { signingKey } = loadColdSigningKey(path);
    const extended = signingKey instanceof ExtendedSigningKey ? 'extended (BIP32) ' : '';
    return keyContent(`${extended}cold signing key`, derivedOf(signingKey));
  },
  'vrf-verification-key': (inquiry) =>
    keyContent('VRF verification key', readFrom(inquiry, VRF_KEY).verificationKey),
  'vrf-signing-key': ({ path }) =>
    keyContent('VRF signing key', derivedOf(loadVrfSigningKey(path).signingKey)),
  'operational-certificate': certificateContent,
  'certificate-counter': async (inquiry) => {
    const { session, path, options } = inquiry;
    const counter = readFrom(inquiry, COUNTER);
    const { next, coldVerificationKey } = counter;
    const onChain = await onChainOf(session, options, {
      certificates: [],
      coldVerificationKey,
      at: await placeIfNamed(session, options),
    });
    const checks = onChain === undefined ? [] : [judgeCounter(path, { onChain, next })];
    return {
      title: 'counter of operational certificates',
      checks,
      facts: counterFacts(counter),
      json: {
        ...(checks.length === 0 ? {} : numberJson(checks)),
        ...counterJson(counter),
      },
    };
  },
};

/** The certificate, and with a network whether it is valid now. */
async function certificateContent(inquiry: Inquiry): Promise<Content> {
  const { session, options } = inquiry;
  const file = readFrom(inquiry, CERTIFICATE);
  const { certificate, coldVerificationKey } = file;
  const verdict = nativeHeaders.certificateVerdict(certificate, coldVerificationKey);
  const at = await placeIfNamed(session, options);
  const life = at && lifeAt(at.parameters, file, at.moment);
  const keys = [
    ...(await keyChecks(session, '--cold-vkey', options.coldVkey, coldVerificationKey)),
    ...(await keyChecks(session, '--kes-vkey', options.kesVkey, certificate.hotVerificationKey)),
  ];
  const others = keys.filter(({ valid }) => !valid).map(({ words }) => words);
  const json = certificateVerdictJson({ ...file, verdict, life, others });
  return {
    title: 'operational certificate',
    checks: [signatureCheck(verdict), ...(life === undefined ? [] : [judgeTime(life)]), ...keys],
    facts: certificateFacts(file),
    // Interfaces have no index signature.
    json: json as unknown as JsonMembers,
    ...(json.result === 'incomplete' ? { exitCode: ExitCode.incomplete } : {}),
  };
}

function numberJson(checks: readonly Check[]): JsonMembers {
  const reasons = checks
    .filter(({ valid }) => !valid)
    .map(({ words }) => ({ code: 'certificate-number', message: words }));
  return { result: reasons.length === 0 ? 'valid' : 'invalid', reasons };
}

/** The content of a file of a key, which its title names: KES, cold or VRF. */
function keyContent(title: string, key: Uint8Array): Content {
  const kind = /KES|cold|VRF/.exec(title)?.[0].toLowerCase() ?? '';
  const isCold = kind === 'cold';
  const verificationKey = hexOf(key);
  return {
    title,
    facts: [
      ['verification key', verificationKey],
      ...(isCold ? [['pool', poolIdOf(key)] as const] : []),
    ],
    json: {
      [`${kind}VerificationKey`]: verificationKey,
      ...(isCold && { poolId: poolIdOf(key), poolIdHex: poolIdHexOf(key) }),
    },
  };
}
