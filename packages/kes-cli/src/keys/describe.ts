/** Describes any file of cardano-cli. */
import { statSync } from 'node:fs';
import {
  EnvelopeError,
  ExtendedSigningKey,
  hexOf,
  inspectEnvelope,
  inspectEnvelopeText,
  poolIdOf,
  type EnvelopeFacts,
  type EnvelopeKind,
} from '@evolock/cardano-kes';
import { CERTIFICATE, certificateFacts, certificateJson } from '../certificates/certificate.js';
import { COUNTER, counterFacts, counterJson } from '../certificates/counter.js';
import {
  isRequest,
  LARGEST_REQUEST,
  parseRequest,
  requestFacts,
  requestJson,
  type CertificateRequest,
} from '../certificates/request.js';
import { CommandError } from '../cli/errors.js';
import type { Json, Outcome, Session } from '../cli/session.js';
import { printable, sourceName, STDIN } from '../cli/text.js';
import { parseEnvelope, readEnvelopeText, readPublic, type Readers } from '../files/read.js';
import { factsInWords, factsJson, publicFactsOf } from './facts.js';
import { warningsAbout } from './node-reading.js';
import {
  derivedOf,
  loadColdSigningKey,
  loadKesSigningKey,
  loadVrfSigningKey,
} from './signing-key.js';
import { COLD_KEY, KES_KEY, VRF_KEY } from './verification-key.js';

/** The description of a file. */
export interface Description extends Pick<Outcome, 'lines' | 'warnings'> {
  readonly title: string;
  readonly json: Readonly<Record<string, Json>>;
}

/** The source of an envelope. */
interface Source {
  readonly path: string;
  /** The text from a pipe or standard input, which can be read once only. It is not a signing key. */
  readonly text: Uint8Array | undefined;
}

type Describe = (source: Source) => Description;

/** Describes a file of any known kind. */
export async function describeFile(session: Session, path: string): Promise<Description> {
  const text = isStream(path) ? await readEnvelopeText(session, path) : undefined;
  const source = { path, text };
  let facts: EnvelopeFacts;
  try {
    facts = readFrom(source, { read: inspectEnvelope, parse: inspectEnvelopeText });
  } catch (error) {
    const request = error instanceof EnvelopeError ? await requestIn(session, source) : undefined;
    if (request === undefined) throw error;
    return describeRequest(parseRequest(path, request));
  }
  const { kind, type } = facts;
  if (kind === undefined) {
    throw new CommandError('invalid', `${sourceName(path)}: ${unknownInWords(type)}`);
  }
  return DESCRIBE[kind](source);
}

/** The text of a certificate request, which is no envelope; `undefined` of anything else. */
async function requestIn(
  session: Session,
  { path, text }: Source,
): Promise<Uint8Array | undefined> {
  try {
    const found = text ?? (await readPublic(session, path, LARGEST_REQUEST));
    return isRequest(found) ? found : undefined;
  } catch {
    // The error about the envelope is reported.
    return undefined;
  }
}

function describeRequest(request: CertificateRequest): Description {
  return {
    title: 'certificate request',
    json: { kind: 'certificate-request', ...requestJson(request) },
    lines: (style) => style.facts(requestFacts(request)),
  };
}

function unknownInWords(type: string): string {
  return /^(?:StakePool|GenesisDelegate)ExtendedVerificationKey_ed25519_bip32$/.test(type)
    ? `it is an extended (BIP32) verification key: make the plain one of it with cardano-cli key non-extended-key, found ${type}`
    : `kes does not know its type, ${printable(type)}`;
}

function isStream(path: string): boolean {
  if (path === STDIN) return true;
  try {
    const stats = statSync(path);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    // Reading the file reports the error.
    return false;
  }
}

function readFrom<T>({ path, text }: Source, { read, parse }: Readers<T>): T {
  return text === undefined ? read(path) : parseEnvelope(path, text, parse);
}

const DESCRIBE: Readonly<Record<EnvelopeKind, Describe>> = {
  'kes-signing-key': describeSigningKey,
  'kes-verification-key': (source) => {
    const { verificationKey } = readFrom(source, KES_KEY);
    return publicKey('kes-verification-key', 'KES verification key', verificationKey);
  },
  'cold-verification-key': (source) => {
    const { verificationKey } = readFrom(source, COLD_KEY);
    return publicKey('cold-verification-key', 'cold verification key', verificationKey, true);
  },
  'cold-signing-key': ({ path }) => {
    const { signingKey } = loadColdSigningKey(path);
    const title =
      signingKey instanceof ExtendedSigningKey
        ? 'extended (BIP32) cold signing key'
        : 'cold signing key';
    return publicKey('cold-signing-key', title, derivedOf(signingKey), true);
  },
  'vrf-verification-key': (source) => {
    const { verificationKey } = readFrom(source, VRF_KEY);
    return publicKey('vrf-verification-key', 'VRF verification key', verificationKey);
  },
  'vrf-signing-key': ({ path }) => {
    const verificationKey = derivedOf(loadVrfSigningKey(path).signingKey);
    return publicKey('vrf-signing-key', 'VRF signing key', verificationKey);
  },
  'operational-certificate': (source) => {
    const file = readFrom(source, CERTIFICATE);
    return {
      title: 'operational certificate',
      json: { kind: 'operational-certificate', ...certificateJson(file) },
      lines: (style) => style.facts(certificateFacts(file)),
    };
  },
  'certificate-counter': (source) => {
    const counter = readFrom(source, COUNTER);
    return {
      title: 'counter of operational certificates',
      json: { kind: 'certificate-counter', ...counterJson(counter) },
      lines: (style) => style.facts(counterFacts(counter)),
    };
  },
};

function describeSigningKey({ path }: Source): Description {
  const file = loadKesSigningKey(path);
  try {
    const facts = publicFactsOf(file);
    return {
      title: 'KES signing key',
      json: factsJson(facts),
      warnings: warningsAbout(path, file),
      lines: (style) => factsInWords(facts, style),
    };
  } finally {
    file.signingKey.release();
  }
}

function publicKey(kind: string, title: string, key: Uint8Array, isCold = false): Description {
  const pool = isCold ? poolIdOf(key) : undefined;
  const verificationKey = hexOf(key);
  return {
    title,
    json: {
      kind,
      [nameOf(kind)]: verificationKey,
      ...(pool === undefined ? {} : { poolId: { ...pool } }),
    },
    lines: (style) =>
      style.facts([
        ['verification key', verificationKey],
        ...(pool === undefined ? [] : [['pool', pool.bech32] as const]),
      ]),
  };
}

/** The name of a verification key in JSON. */
function nameOf(kind: string): string {
  return `${kind.split('-')[0] ?? ''}VerificationKey`;
}
