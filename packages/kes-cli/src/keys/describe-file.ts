import {
  inspectEnvelope,
  poolIdOf,
  readCertificate,
  readColdVerificationKey,
  readCounter,
  readKesVerificationKey,
  type EnvelopeKind,
} from '@evolock/cardano-kes';
import { certificateFacts, certificateJson } from '../certificates/certificate-in-words.js';
import { CommandError } from '../command-error.js';
import { refuseDash } from '../files/refuse-dash.js';
import { hexOf } from '../hex.js';
import type { Json, Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import { factsInWords, factsJson, publicFactsOf } from './key-in-words.js';
import { loadColdSigningKey, loadKesSigningKey } from './load-signing-key.js';
import { warningsAbout } from './node-reading.js';

/** What a file holds, to be shown. */
export interface Description extends Pick<Outcome, 'lines' | 'warnings'> {
  readonly title: string;
  readonly json: Readonly<Record<string, Json>>;
}

type Describe = (path: string) => Description;

/** Says what a file holds, whichever of the known kinds it is. */
export function describeFile(path: string): Description {
  refuseDash(
    'kes inspect',
    path,
    'it could be a signing key, which is read from a file only (kes opcert inspect - takes a certificate)',
  );
  const { kind, type } = inspectEnvelope(path);
  if (kind === undefined) {
    throw new CommandError(
      'invalid',
      `${printable(path)}: its type is ${printable(type)}, which kes does not know`,
    );
  }
  return DESCRIBE[kind](path);
}

const DESCRIBE: Readonly<Record<EnvelopeKind, Describe>> = {
  'kes-signing-key': describeSigningKey,
  'kes-verification-key': (path) => {
    const { verificationKey } = readKesVerificationKey(path);
    return publicKey('kes-verification-key', 'KES verification key', verificationKey);
  },
  'cold-verification-key': (path) => {
    const { verificationKey } = readColdVerificationKey(path);
    return publicKey('cold-verification-key', 'cold verification key', verificationKey, true);
  },
  'cold-signing-key': (path) => {
    const { signingKey } = loadColdSigningKey(path);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      return publicKey('cold-signing-key', 'cold signing key', verificationKey, true);
    } finally {
      signingKey.release();
    }
  },
  'operational-certificate': (path) => {
    const file = readCertificate(path);
    return {
      title: 'operational certificate',
      json: { kind: 'operational-certificate', ...certificateJson(file) },
      lines: (style) => style.facts(certificateFacts(file)),
    };
  },
  'certificate-counter': (path) => {
    const { next, coldVerificationKey } = readCounter(path);
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

function describeSigningKey(path: string): Description {
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
