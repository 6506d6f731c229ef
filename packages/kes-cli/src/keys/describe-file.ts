import { statSync } from 'node:fs';
import {
  inspectEnvelope,
  inspectEnvelopeText,
  parseCertificate,
  parseColdVerificationKey,
  parseCounter,
  parseKesVerificationKey,
  poolIdOf,
  readCertificate,
  readColdVerificationKey,
  readCounter,
  readKesVerificationKey,
  type EnvelopeKind,
} from '@evolock/cardano-kes';
import { certificateFacts, certificateJson } from '../certificates/certificate-in-words.js';
import { CommandError } from '../command-error.js';
import { parseText, readText, type Readers } from '../files/read-envelope.js';
import { sourceName, STDIN } from '../files/read-public.js';
import { hexOf } from '../hex.js';
import type { Json, Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import type { Surroundings } from '../surroundings.js';
import { factsInWords, factsJson, publicFactsOf } from './key-in-words.js';
import { loadColdSigningKey, loadKesSigningKey } from './load-signing-key.js';
import { warningsAbout } from './node-reading.js';

/** What a file holds, to be shown. */
export interface Description extends Pick<Outcome, 'lines' | 'warnings'> {
  readonly title: string;
  readonly json: Readonly<Record<string, Json>>;
}

/** Where an envelope comes from. */
interface Source {
  readonly path: string;
  /** What came through a pipe or standard input, which can be read once only: it is no signing key. */
  readonly text: Uint8Array | undefined;
}

type Describe = (source: Source) => Description;

/** Says what a file holds, whichever of the known kinds it is. */
export async function describeFile(surroundings: Surroundings, path: string): Promise<Description> {
  const text = isStream(path) ? await readText(surroundings, path) : undefined;
  const source = { path, text };
  const { kind, type } = readFrom(source, { read: inspectEnvelope, parse: inspectEnvelopeText });
  if (kind === undefined) {
    throw new CommandError(
      'invalid',
      `${sourceName(path)}: its type is ${printable(type)}, which kes does not know`,
    );
  }
  return DESCRIBE[kind](source);
}

function isStream(path: string): boolean {
  if (path === STDIN) return true;
  try {
    const stats = statSync(path);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    // Reading it says why.
    return false;
  }
}

function readFrom<T>({ path, text }: Source, { read, parse }: Readers<T>): T {
  return text === undefined ? read(path) : parseText(path, text, parse);
}

const DESCRIBE: Readonly<Record<EnvelopeKind, Describe>> = {
  'kes-signing-key': describeSigningKey,
  'kes-verification-key': (source) => {
    const readers = { read: readKesVerificationKey, parse: parseKesVerificationKey };
    const { verificationKey } = readFrom(source, readers);
    return publicKey('kes-verification-key', 'KES verification key', verificationKey);
  },
  'cold-verification-key': (source) => {
    const readers = { read: readColdVerificationKey, parse: parseColdVerificationKey };
    const { verificationKey } = readFrom(source, readers);
    return publicKey('cold-verification-key', 'cold verification key', verificationKey, true);
  },
  'cold-signing-key': ({ path }) => {
    const { signingKey } = loadColdSigningKey(path);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      return publicKey('cold-signing-key', 'cold signing key', verificationKey, true);
    } finally {
      signingKey.release();
    }
  },
  'operational-certificate': (source) => {
    const file = readFrom(source, { read: readCertificate, parse: parseCertificate });
    return {
      title: 'operational certificate',
      json: { kind: 'operational-certificate', ...certificateJson(file) },
      lines: (style) => style.facts(certificateFacts(file)),
    };
  },
  'certificate-counter': (source) => {
    const { next, coldVerificationKey } = readFrom(source, {
      read: readCounter,
      parse: parseCounter,
    });
    const pool = poolIdOf(coldVerificationKey);
    return {
      title: 'counter of operational certificates',
      json: { kind: 'certificate-counter', next: String(next), poolId: { ...pool } },
      lines: (style) =>
        style.facts([
          ['next number', String(next)],
          ['pool', pool.bech32],
        ]),
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
    json: { kind, verificationKey, ...(pool === undefined ? {} : { poolId: { ...pool } }) },
    lines: (style) =>
      style.facts([
        ['verification key', verificationKey],
        ...(pool === undefined ? [] : [['pool', pool.bech32] as const]),
      ]),
  };
}
