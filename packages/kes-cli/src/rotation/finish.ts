/** The end of a rotation: the old signing key is erased once the new pair is good. */
import { existsSync, lstatSync } from 'node:fs';
import {
  eraseLeftovers,
  FileError,
  withLockFile,
  type IssuedCertificate,
} from '@evolock/cardano-kes';
import { eraseLeftover } from '@evolock/direct-serialise-io/files';
import { allValid, type Answer } from '../cli/answer.js';
import { CERTIFICATE, certificateFacts, certificateJson } from '../certificates/certificate.js';
import { judgeNumber } from '../certificates/number.js';
import { numberChecks, onChainOf, wayToIssueAgain } from '../certificates/on-chain.js';
import { ExitCode } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, shellWord, sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { clockInWords } from '../network/clock.js';
import { realPathOf } from './new-files.js';
import { checkMoment, judgeOrder, judgePair, readOldCertificate, readOldPair } from './pairs.js';
import { stepsInWords, stepsToFinish, type Rotation } from './rotation.js';

/** A rotation of files, and the new files. */
export interface FinishRequest extends Rotation {
  readonly skey: string;
  readonly newCert: string;
  readonly newSkey: string;
}

/**
 * Checks the new pair as a node does at its start, and its number by the chain. When every check is passed, the old signing
 * key is erased. While it is unknown what is on chain, nothing is.
 */
export async function finish(session: Session, request: FinishRequest): Promise<Answer> {
  const { newCert, newSkey } = request;
  const skey = realPathOf(request.skey);
  const isThere = existsSync(skey);
  const old = await readOld(session, request, isThere);
  checkMoment(request, old);
  const file = await readEnvelope(session, newCert, CERTIFICATE);
  const onChain = await onChainOf(session, request, [old.certificate, file.certificate]);
  const { sequenceNumber: inUse } = old.certificate;
  const number = judgeNumber(file.certificate.sequenceNumber, { onChain, inUse });
  const pair = await judgePair(newSkey, file, old, request);
  const order = judgeOrder(old, file, onChain);
  const again = wayToIssueAgain(number, { file, out: newCert, network: request.network, onChain });
  // Of two certificates in the wrong order, none is issued again.
  const checks = [
    ...pair.checks,
    ...order,
    ...(order.length > 0 ? [] : numberChecks(number, again)),
  ];
  const passed = allValid(checks);
  const isUnknown = number.verdict === 'unknown';
  const finished = passed && !isUnknown;
  if (finished && isThere) eraseKey(skey);
  // The run that erased it may have left its lock.
  else if (!isThere) eraseLeftovers(skey);
  const steps = stepsToFinish(request, {
    asking: 'Ask the node, when it runs with the new pair:',
    ending: 'Erase the old signing key:',
    inUse: `--skey ${shellWord(skey)}`,
    newCert,
    newSkey,
  });
  return {
    result: `${sourceName(newCert)}: ${resultInWords(finished, passed)}`,
    checks,
    facts: [
      ['old key', endInWords(skey, isThere, finished)],
      ['clock', clockInWords(request.moment)],
      ...certificateFacts(file),
    ],
    json: {
      finished,
      erased: finished && isThere ? skey : null,
      checks,
      certificate: certificateJson(file),
    },
    exitCode: finished ? ExitCode.valid : passed ? ExitCode.usage : ExitCode.invalid,
    warnings: [
      ...pair.warnings,
      ...(isThere ? [] : [noOldKey(skey)]),
      ...(isUnknown ? [`nothing was erased: ${number.words}`] : []),
    ],
    after: passed && isUnknown ? stepsInWords(steps) : [],
  };
}

function resultInWords(finished: boolean, passed: boolean): string {
  if (finished) return 'valid';
  return passed ? 'valid, if the network accepts its number, which is unknown' : 'NOT valid';
}

function endInWords(skey: string, isThere: boolean, finished: boolean): string {
  const name = printable(skey);
  if (!isThere) return `${name} was erased before`;
  return finished ? `${name} is erased` : `nothing was erased: ${name} stays`;
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
