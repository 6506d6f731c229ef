/** The end of a rotation: the old signing key is erased once the new pair is good. */
import { lstatSync } from 'node:fs';
import {
  FileError,
  hexOf,
  withLockFile,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-kes';
import { eraseLeftover } from '@evolock/direct-serialise-io/files';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
  type Judgement,
} from '../certificates/certificate.js';
import { judgeTime, standingOf } from '../certificates/standing.js';
import { ExitCode } from '../cli/errors.js';
import type { Outcome, Session } from '../cli/session.js';
import { printable, sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { judgeKey } from '../keys/judgement.js';
import { clockInWords, type Moment } from '../network/clock.js';
import { readOldPair } from './old-pair.js';

/** The files of both pairs, and the moment. */
export interface FinishRequest {
  readonly cert: string;
  readonly skey: string;
  readonly newCert: string;
  readonly newSkey: string;
  readonly parameters: KesParameters;
  readonly moment: Moment;
}

/** Checks the new pair as a node does at its start, and erases the old signing key when every check is passed. */
export async function finish(session: Session, request: FinishRequest): Promise<Outcome> {
  const { cert, skey, newCert, newSkey, parameters, moment } = request;
  const old = await readOldPair(session, cert, skey);
  const file = await readEnvelope(session, newCert, CERTIFICATE);
  const standing = standingOf(parameters, file, moment);
  const key = await judgeKey(newSkey, file, standing.evolution);
  const checks = [
    judgeSignature(file),
    judgeTime(standing),
    key.judgement,
    ...judgeBoth(old, file),
  ];
  const valid = checks.every((check) => check.valid);
  if (valid) eraseKey(skey);
  const end: Judgement = valid
    ? { valid, words: `${printable(skey)}, the old signing key, is erased` }
    : { valid, words: `nothing was erased: ${printable(skey)} stays` };
  return {
    exitCode: valid ? ExitCode.valid : ExitCode.invalid,
    warnings: key.warnings,
    json: {
      finished: valid,
      erased: valid ? skey : null,
      checks: checks.map((check) => ({ ...check })),
      certificate: certificateJson(file),
    },
    lines: (style) => [
      style.title(`${sourceName(newCert)}: ${valid ? 'valid' : 'NOT valid'}`),
      ...[...checks, end].map((check) => `  ${style.verdict(check.valid, check.words)}`),
      ...style.facts([['clock', clockInWords(moment)], ...certificateFacts(file)]),
    ],
  };
}

function judgeBoth(old: IssuedCertificate, file: IssuedCertificate): Judgement[] {
  const isSamePool = hexOf(old.coldVerificationKey) === hexOf(file.coldVerificationKey);
  const isSameKey =
    hexOf(old.certificate.hotVerificationKey) === hexOf(file.certificate.hotVerificationKey);
  const [before, after] = [old.certificate.sequenceNumber, file.certificate.sequenceNumber];
  return [
    { valid: isSamePool, words: `it is of ${isSamePool ? 'the same' : 'another'} pool` },
    { valid: !isSameKey, words: isSameKey ? 'it is for the old key' : 'it is for another key' },
    {
      valid: after > before,
      words: `its number ${after} is ${after > before ? '' : 'not '}higher than ${before}, the old one`,
    },
  ];
}

/** Overwrites and removes the file. A second name would lead to a key that stays. */
function eraseKey(path: string): void {
  withLockFile(path, () => {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) throw new FileError('symbolic-link', path);
    if (stats.nlink > 1) throw new FileError('several-names', path);
    eraseLeftover(path);
  });
}
