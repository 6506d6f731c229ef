/** The end of a rotation: the old signing key is erased once the new pair is good. */
import { existsSync, lstatSync } from 'node:fs';
import {
  eraseLeftovers,
  FileError,
  withLockFile,
  type IssuedCertificate,
} from '@evolock/cardano-kes';
import { eraseLeftover } from '@evolock/direct-serialise-io/files';
import { CERTIFICATE, certificateFacts, certificateJson } from '../certificates/certificate.js';
import { ExitCode } from '../cli/errors.js';
import type { Outcome, Session } from '../cli/session.js';
import { printable, sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { clockInWords } from '../network/clock.js';
import { judgePair } from './checks.js';
import { realPathOf } from './names.js';
import { readOldCertificate, readOldPair } from './old-pair.js';
import type { Rotation } from './rotation.js';

/** A rotation of files, and the new files. */
export interface FinishRequest extends Rotation {
  readonly skey: string;
  readonly newCert: string;
  readonly newSkey: string;
}

/** Checks the new pair as a node does at its start, and erases the old signing key when every check is passed. */
export async function finish(session: Session, request: FinishRequest): Promise<Outcome> {
  const { newCert, newSkey, moment } = request;
  const skey = realPathOf(request.skey);
  const isThere = existsSync(skey);
  const old = await readOld(session, request, isThere);
  const file = await readEnvelope(session, newCert, CERTIFICATE);
  const { checks, warnings } = await judgePair(newSkey, file, old, request);
  const valid = checks.every((check) => check.valid);
  const isErased = valid && isThere;
  if (isErased) eraseKey(skey);
  // The run that erased it may have left its lock.
  else if (!isThere) eraseLeftovers(skey);
  const end = isErased
    ? [{ valid, words: `${printable(skey)}, the old signing key, is erased` }]
    : isThere
      ? [{ valid, words: `nothing was erased: ${printable(skey)} stays` }]
      : [];
  return {
    exitCode: valid ? ExitCode.valid : ExitCode.invalid,
    warnings: [...warnings, ...(isThere ? [] : [noOldKey(skey)])],
    json: {
      finished: valid,
      erased: isErased ? skey : null,
      checks: checks.map((check) => ({ ...check })),
      certificate: certificateJson(file),
    },
    lines: (style) => [
      style.title(`${sourceName(newCert)}: ${valid ? 'valid' : 'NOT valid'}`),
      ...[...checks, ...end].map((check) => `  ${style.verdict(check.valid, check.words)}`),
      '',
      ...style.facts([['clock', clockInWords(moment)], ...certificateFacts(file)]),
    ],
  };
}

/** A run that was interrupted may have erased the key. */
function readOld(
  session: Session,
  { cert, skey }: FinishRequest,
  isThere: boolean,
): Promise<IssuedCertificate> {
  return isThere ? readOldPair(session, cert, skey) : readOldCertificate(session, cert);
}

function noOldKey(skey: string): string {
  return `there is no ${printable(skey)}: an earlier run erased it, or the name is wrong`;
}

/** Overwrites and removes the file. A second name would lead to a key that stays. */
export function eraseKey(path: string): void {
  withLockFile(path, () => {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) throw new FileError('symbolic-link', path);
    if (stats.nlink > 1) throw new FileError('several-names', path);
    eraseLeftover(path);
  });
}
