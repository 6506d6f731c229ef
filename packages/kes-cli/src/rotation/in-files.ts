/** A rotation whose keys are in files: the next key is made beside the old one, which is erased once the new pair is good. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import {
  eraseLeftovers,
  FileError,
  type IssuedCertificate,
  withLockFile,
} from '@evolock/cardano-kes';
import { eraseLeftover } from '@evolock/direct-serialise-io/files';
import { CERTIFICATE, certificateFacts, certificateJson } from '../certificates/certificate.js';
import { judgeNumber } from '../certificates/number.js';
import { numberChecks, onChainOf, wayToIssueAgain } from '../certificates/on-chain.js';
import { allValid, type Answer } from '../cli/answer.js';
import { ExitCode } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, shellWord, sourceName } from '../cli/text.js';
import { exchangeWarnings } from '../files/exchange.js';
import { readEnvelope } from '../files/read.js';
import { clockInWords } from '../network/clock.js';
import type { Beginning, KeyPlace } from './begin.js';
import { newPair, newPairFiles, type NewPairFiles, realPathOf } from './new-files.js';
import {
  checkMoment,
  judgeOrder,
  judgePair,
  readOldCertificate,
  readOldPair,
  type Rotation,
  stepsInWords,
  stepsToFinish,
} from './rotation.js';
import { refusePending } from './pending.js';

/** The place of the next key beside the old one. */
export function pairPlace(skey: string, beginning: Beginning): KeyPlace {
  const { cert, old, network } = beginning;
  const files = newPairFiles(skey, cert, beginning);
  refusePending(beginning, {
    inUse: skey,
    own: files.skey,
    isUsable: () => true,
    dropping: (name) => dropping(newPairFiles(skey, cert, { ...beginning, name }), network),
    ending: (name) => ending(newPairFiles(skey, cert, { ...beginning, name }), beginning, skey),
  });
  const [newSkey, newCert, oldSkey = ''] = [files.skey, files.cert, skey].map(shellWord);
  return {
    files,
    warnings: [
      ...ownerWarnings(skey, files.skey),
      ...exchangeWarnings(files.skey, statSync(skey).uid),
    ],
    makeKey: () => newPair(files),
    fact: ['signing key', `${printable(files.skey)} (mode 0600: it stays on this machine)`],
    json: { signingKeyFile: files.skey },
    judge: (file) => judgePair(files.skey, file, old, beginning),
    stepsAfter: (isIssuedHere) => [
      ...(isIssuedHere
        ? []
        : [
            [
              'Check the pair:',
              `kes status --cert ${newCert} --skey ${newSkey} ${network}`,
            ] as const,
          ]),
      [`Start the node with ${printable(files.skey)} and ${printable(files.cert)}.`],
      ...stepsToFinish(beginning, {
        asking: 'When it runs, ask it for the last number on chain:',
        ending: 'Erase the old signing key:',
        inUse: `--skey ${oldSkey}`,
        newCert: files.cert,
        newSkey: files.skey,
      }),
    ],
  };
}

/** The command that ends a rotation whose certificate exists. */
function ending(
  files: NewPairFiles,
  { cert, network }: Beginning,
  skey: string,
): string | undefined {
  if (!existsSync(files.cert)) return undefined;
  const [oldCert, oldSkey, newCert, newSkey] = [cert, skey, files.cert, files.skey].map(shellWord);
  return `kes rotate --finish --cert ${oldCert} --skey ${oldSkey} --new-cert ${newCert} --new-skey ${newSkey} ${network}`;
}

/** The command that erases a key which was made and is not wanted. */
function dropping(files: NewPairFiles, network: string): string {
  const [skey, vkey, cert] = [files.skey, files.vkey, files.cert].map(shellWord);
  if (existsSync(files.cert)) return `kes erase ${skey} --cert ${cert} ${network} --force`;
  // A killed run may have left the signing key alone.
  const naming = existsSync(files.vkey) ? '' : `kes vkey ${skey} --out ${vkey} && `;
  return `${naming}kes erase ${skey} --vkey ${vkey}`;
}

/** Warns when the node could not read the new key: when root rotates the key of another user. */
function ownerWarnings(old: string, made: string): string[] {
  const owner = statSync(made, { throwIfNoEntry: false })?.uid ?? process.geteuid?.();
  if (statSync(old).uid === owner) return [];
  return [
    `${printable(old)} belongs to another user than ${printable(made)} and the other new files: give these to the user of the node (chown)`,
  ];
}

/** A rotation of files, and the new files. */
interface FinishRequest extends Rotation {
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
