import {
  EnvelopeError,
  hexOf,
  inspectEnvelope,
  writeVerificationKey,
  type ColdSigningKeyFile,
  type VrfSigningKeyFile,
} from '@evolock/cardano-kes';
import type { Definition } from '../../cli/command.js';
import { done, type Answer } from '../../cli/answer.js';
import type { Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { refuseDash } from '../../files/read.js';
import { refuseExisting } from '../../files/write.js';
import { warningsAbout } from '../../keys/node-reading.js';
import {
  derivedOf,
  loadColdSigningKey,
  loadVrfSigningKey,
  withSigningKey,
} from '../../keys/signing-key.js';
import { verificationKeyType } from '../../keys/verification-key.js';

/** The names of keys in JSON. */
const NAME = {
  'kes-verification-key': 'kesVerificationKey',
  'cold-verification-key': 'coldVerificationKey',
  'vrf-verification-key': 'vrfVerificationKey',
} as const;

interface Options {
  readonly out?: string;
  readonly force?: boolean;
}

/** `kes vkey`: the verification key of a signing key. */
export const vkeyCommand: Definition = {
  description:
    'Prints the verification key of a KES, cold or VRF signing key in hexadecimal, or writes it to a file for cardano-cli. That of a KES key is the same at every period.',
  examples: [
    ['kes vkey kes.skey', 'The verification key, in hexadecimal'],
    ['kes vkey kes.skey --out kes.vkey', 'A file for cardano-cli'],
  ],
  options: (command) =>
    command
      .argument('<signing-key-file>')
      .option('--out <file>', 'write a verification key file')
      .option('--force', 'replace an existing verification key of the same kind'),
  work: (_session: Session, path: string, options: Options) => derive(path, options),
};

async function derive(path: string, { out, force = false }: Options): Promise<Answer> {
  refuseDash('--out', out, 'without --out the key goes to standard output');
  const { kind, verificationKey, warnings, write } = await derivedFrom(path);
  if (out !== undefined) {
    refuseExisting(out, force, kind);
    write(out, force);
  }
  const hex = hexOf(verificationKey);
  return {
    json: { [NAME[kind]]: hex, verificationKeyFile: out },
    warnings,
    raw: out === undefined ? [hex] : undefined,
    result: done(`${printable(out ?? '')} holds the verification key`),
    facts: [['', hex]],
  };
}

/** A verification key, and how it is written. */
interface Derived {
  readonly kind: keyof typeof NAME;
  readonly verificationKey: Uint8Array;
  readonly warnings: readonly string[];
  readonly write: (path: string, replace: boolean) => void;
}

/** Tries a KES key first: its reader refuses a pipe, which reading as a public file would wait for. */
async function derivedFrom(path: string): Promise<Derived> {
  try {
    return await ofKesKey(path);
  } catch (error) {
    const isOther = error instanceof EnvelopeError && error.problem === 'wrong-type';
    if (!isOther) throw error;
    const { kind } = inspectEnvelope(path);
    if (kind === 'cold-signing-key') return derived('cold', loadColdSigningKey(path));
    if (kind === 'vrf-signing-key') return derived('vrf', loadVrfSigningKey(path));
    throw error;
  }
}

function derived(
  key: 'cold' | 'vrf',
  { signingKey }: ColdSigningKeyFile | VrfSigningKeyFile,
): Derived {
  const verificationKey = derivedOf(signingKey);
  return {
    kind: `${key}-verification-key`,
    verificationKey,
    warnings: [],
    write: (out, replace) => {
      writeVerificationKey(key, out, verificationKey, { replace });
    },
  };
}

function ofKesKey(path: string): Promise<Derived> {
  return withSigningKey(path, (file) => {
    const verificationKey = file.signingKey.deriveVerificationKey();
    const type = verificationKeyType(file.signingKey.algorithm);
    return {
      kind: 'kes-verification-key',
      verificationKey,
      warnings: warningsAbout(path, file),
      write: (out, replace) => {
        writeVerificationKey('kes', out, verificationKey, { replace, type });
      },
    };
  });
}
