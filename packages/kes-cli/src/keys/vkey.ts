import { hexOf } from '@evolock/cardano-headers';
import { EnvelopeError } from '@evolock/cardano-headers/certificates';
import {
  inspectEnvelope,
  writeVerificationKey,
  type VerificationKeyKind,
} from '@evolock/cardano-kes';
import type { Definition } from '@evolock/command-line/command';
import { done, type Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { refuseDash } from '../files/read.js';
import { refuseExisting } from '../files/write.js';
import { warningsAbout } from '../certificates/signing-key-file.js';
import {
  derivedOf,
  loadColdSigningKey,
  loadKesSigningKey,
  loadVrfSigningKey,
  verificationKeyType,
} from '../files/key-files.js';

interface Options {
  readonly out?: string;
  readonly force?: boolean;
}

export const vkeyCommand: Definition = {
  text: `
    Prints the verification key of a KES, cold or VRF signing key in hexadecimal, or writes it to a file for cardano-cli. That of a KES key is the same at every period.

    <signing-key-file>
    --out <file>        write a verification key file
    --force             replace an existing verification key of the same kind

    # The verification key, in hexadecimal
    $ kes vkey kes.skey
    # A file for cardano-cli
    $ kes vkey kes.skey --out kes.vkey`,
  work: (_session: Session, path: string, options: Options) => derive(path, options),
};

function derive(path: string, { out, force = false }: Options): Answer {
  refuseDash('--out', out, 'without --out the key goes to standard output');
  const { kind, verificationKey, type, warnings = [] } = derivedFrom(path);
  if (out !== undefined) {
    refuseExisting(out, force, `${kind}-verification-key`);
    writeVerificationKey(kind, out, verificationKey, { replace: force, type });
  }
  const hex = hexOf(verificationKey);
  return {
    json: { [`${kind}VerificationKey`]: hex, verificationKeyFile: out },
    warnings,
    raw: out === undefined ? [hex] : undefined,
    result: done(`${printable(out ?? '')} holds the verification key`),
    facts: [['', hex]],
  };
}

interface Derived {
  readonly kind: VerificationKeyKind;
  readonly verificationKey: Uint8Array;
  /** The type of its file, if several are possible. */
  readonly type?: string;
  readonly warnings?: readonly string[];
}

/** Tries a KES key first: its reader refuses a pipe, which reading as a public file would wait for. */
function derivedFrom(path: string): Derived {
  try {
    using file = loadKesSigningKey(path);
    return {
      kind: 'kes',
      verificationKey: file.signingKey.deriveVerificationKey(),
      type: verificationKeyType(file.signingKey.algorithm),
      warnings: warningsAbout(path, file),
    };
  } catch (error) {
    const isOther = error instanceof EnvelopeError && error.problem === 'wrong-type';
    const { kind } = isOther ? inspectEnvelope(path) : {};
    if (kind === 'cold-signing-key')
      return { kind: 'cold', verificationKey: derivedOf(loadColdSigningKey(path).signingKey) };
    if (kind === 'vrf-signing-key')
      return { kind: 'vrf', verificationKey: derivedOf(loadVrfSigningKey(path).signingKey) };
    throw error;
  }
}
