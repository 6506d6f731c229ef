/** Keys in files: the next one is made beside the old one, which is erased once the new pair is good. */
import { existsSync, lstatSync } from 'node:fs';
import { type IssuedCertificate } from '@evolock/cardano-headers';
import { numberVerdict } from '@evolock/cardano-headers/certificates';
import { eraseLeftovers } from '@evolock/cardano-kes/all';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { FileIdentity } from '@evolock/direct-serialise-io';
import { allValid, type Answer, type Check, done, type Fact } from '@evolock/command-line/answer';
import { ExitCode, invalid } from '@evolock/command-line/errors';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { certificateFacts, certificateJson } from '../certificates/certificate.js';
import { exchangeWarnings } from '../files/write.js';
import { eraseKey } from '../keys/erase.js';
import { derivedOf, loadKesSigningKey } from '../files/key-files.js';
import { makePair } from '../keys/keygen.js';
import { clockInWords } from '../network/clock.js';
import { PairLinks, type PairPaths, refuseLinked } from './link.js';
import {
  type Beginning,
  endCommand,
  type Ending,
  filesNamed,
  foreign,
  judgePair,
  type KeyStore,
  newFiles,
  type NewFiles,
  type NextKey,
  refuseForeignFiles,
  refuseForeignKey,
  refusePending,
  type Step,
  stepsInWords,
  stepsToCheck,
  stepsToEnd,
  stepsToKnow,
} from './rotation.js';

export function keysInFiles(skey: string, newSkey = ''): KeyStore {
  return {
    next: (beginning) => nextKey(skey, beginning),
    end: (ending) => endOf(skey, newSkey, ending),
  };
}

function nextKey(skey: string, beginning: Beginning): NextKey {
  const { cert, old } = beginning;
  const { owner } = checkOldKey(skey, cert, old);
  const inUse = { cert, skey };
  const files = newFiles(inUse, beginning);
  refusePending(beginning, { inUse, waysOut: (found) => waysOut(beginning, found) });
  return {
    files,
    skey: files.skey,
    warnings: [
      ...ownerWarnings(skey, owner, files.skey),
      ...exchangeWarnings(files.skey, Number(owner)),
    ],
    make: () => newPair(files),
    place: `${printable(files.skey)} (mode 0600: it stays on this machine)`,
    json: { signingKeyFile: files.skey },
    stepsAfter: (isIssuedHere) => [
      ...stepsBeforeSwitch(beginning, files, isIssuedHere),
      [`Start the node with ${printable(files.skey)} and ${printable(files.cert)}.`],
      ...stepsToEnd(beginning, files, [
        'When it runs, ask it again:',
        'Erase the old signing key:',
      ]),
    ],
  };
}

/** A number that the network refuses is found before the node has it. One that was issued here beside the chain was judged. */
function stepsBeforeSwitch(
  beginning: Beginning,
  files: NewFiles,
  isIssuedHere: boolean,
): readonly Step[] {
  if (isIssuedHere) {
    return beginning.onChain === undefined
      ? stepsToKnow(beginning, 'Run this again with its answer, which judges the number:')
      : [];
  }
  const pair = `--cert ${shellWord(files.cert)} --skey ${shellWord(files.skey)}`;
  return stepsToCheck(beginning, pair);
}

/** Returns the identity of the file that was read. */
function checkOldKey(skey: string, cert: string, old: IssuedCertificate): FileIdentity {
  const { signingKey, identity } = loadKesSigningKey(skey);
  if (sameBytes(derivedOf(signingKey), old.certificate.hotVerificationKey)) return identity;
  throw invalid(`${printable(skey)}: it is not the key of ${sourceName(cert)}`);
}

/** The commands that end a rotation whose certificate exists, and that erase a key which is not wanted. */
function waysOut(beginning: Beginning, files: NewFiles): string {
  const [skey, vkey, cert] = [files.skey, files.vkey, files.cert].map(shellWord);
  if (existsSync(files.cert)) {
    const end = endCommand(beginning, files);
    return `end it when the node runs with its certificate, run: ${end}; to drop it when no node has its key, run: kes erase ${skey} --cert ${cert} ${beginning.network} --force`;
  }
  // A killed run may have left the signing key alone.
  const naming = existsSync(files.vkey) ? '' : `kes vkey ${skey} --out ${vkey} && `;
  return `drop it, run: ${naming}kes erase ${skey} --vkey ${vkey}`;
}

/** Warns when the node could not read the new key: when root rotates the key of another user. */
function ownerWarnings(old: string, owner: bigint, made: string): string[] {
  if (owner === userOr(owner)) return [];
  return [
    `${printable(old)} belongs to another user than ${printable(made)} and the other new files: give these to the user of the node (chown)`,
  ];
}

/** The user of this process; on Windows, which states none, `other`. */
function userOr(other: bigint): bigint {
  return BigInt(process.geteuid?.() ?? other);
}

/** Makes the new pair, or reads the key of an interrupted rotation. Returns its verification key. */
function newPair(files: NewFiles): Uint8Array {
  const { skey, vkey } = files;
  const found = lstatSync(skey, { throwIfNoEntry: false, bigint: true });
  if (found === undefined) {
    refuseForeignFiles(files);
    return makePair('kes', { skey, vkey });
  }
  if (!found.isFile()) throw foreign(skey, 'is a link, or no regular file');
  using file = loadKesSigningKey(skey);
  const { inode, owner } = file.identity;
  if (inode !== found.ino) throw foreign(skey, 'was exchanged');
  // Who made a key knows it, and this one will be certified. The name may have led to another file before.
  const user = userOr(owner);
  if (owner !== user) throw foreign(skey, `belongs to user ${owner}, not to ${user}`);
  if (file.nodeReading !== 'usable') throw foreign(skey);
  const key = file.signingKey.deriveVerificationKey();
  refuseForeignKey(files, key);
  // A killed run may have left a second name of the key.
  eraseLeftovers(skey);
  if (lstatSync(skey).nlink > 1) throw foreign(skey, 'has more than one name');
  return key;
}

/** Erases the old signing key when every check of the new pair is passed, and nothing while the chain is unknown. */
function endOf(skey: string, newSkey: string, ending: Ending): Answer {
  const { cert, newCert, old, file, moment, links } = ending;
  const isThere = existsSync(skey);
  // A run that was interrupted may have erased the key.
  if (isThere) checkOldKey(skey, cert, old);
  const pair = { cert: newCert, skey: newSkey };
  const turning = turningOf(links, { cert, skey }, pair, old);
  const judged = judgePair(ending, { ...pair, file, order: judgeOrder(ending) });
  const { checks, number } = judged;
  const passed = allValid(checks);
  const isUnknown = number.verdict === 'unknown';
  const finished = passed && !isUnknown;
  const verificationKey = old.certificate.hotVerificationKey;
  // A node that starts meanwhile finds the old pair or the new one.
  const moved = (finished ? turning?.turn() : undefined) ?? { cert, skey };
  if (finished && isThere) eraseKey(moved.skey, { verificationKey, namedBy: sourceName(cert) });
  // The run that erased it may have left its lock.
  else if (!isThere) eraseLeftovers(skey);
  if (finished) turning?.cleanUp();
  const name = printable(moved.skey);
  const kept = finished ? `${name} is erased` : `nothing was erased: ${name} stays`;
  const result = finished
    ? 'valid'
    : passed
      ? 'valid, if the network accepts its number, which is unknown'
      : 'NOT valid';
  return {
    result: `${sourceName(newCert)}: ${result}`,
    checks,
    facts: [
      ['old key', isThere ? kept : `${name} was erased before`],
      ...(moved.cert === cert ? [] : [['old certificate', printable(moved.cert)] as const]),
      ...(links === undefined || !finished ? [] : [linkFact(links)]),
      ['clock', clockInWords(moment)],
      ...certificateFacts(file),
    ],
    json: {
      finished,
      erased: finished && isThere ? moved.skey : null,
      ...(links === undefined ? {} : { links: finished ? { ...links } : null }),
      checks,
      certificate: certificateJson(file),
    },
    exitCode: finished ? ExitCode.valid : passed ? ExitCode.usage : ExitCode.invalid,
    warnings: [
      ...judged.warnings,
      ...(isThere ? [] : [`there is no ${name}: an earlier run erased it, or the name is wrong`]),
      ...(isUnknown ? [`nothing was erased: ${number.words}`] : []),
    ],
    after:
      passed && isUnknown
        ? stepsInWords(
            stepsToEnd(ending, pair, [
              'Ask the node, when it runs with the new pair:',
              'Erase the old signing key:',
            ]),
          )
        : [],
  };
}

/** Refuses names that are in use for something else, before anything is judged. */
function turningOf(
  links: PairPaths | undefined,
  old: PairPaths,
  next: PairPaths,
  { certificate }: IssuedCertificate,
) {
  if (links === undefined) {
    refuseLinked(old);
    return undefined;
  }
  const turning = new PairLinks(links);
  const stem = filesNamed(links, String(certificate.startPeriod));
  turning.check(old, next, stem);
  return { turn: () => turning.turn(old, next, stem), cleanUp: () => turning.cleanUp() };
}

function linkFact({ skey, cert }: PairPaths): Fact {
  return ['links', `${printable(skey)} and ${printable(cert)} lead to the new pair`];
}

/** What an interrupted run left of the old pair, where the names lead to the new one already; `undefined` where they do not. */
export function pairLeftBy(links: PairPaths, next: PairPaths): PairPaths | 'nothing' | undefined {
  const turning = new PairLinks(links);
  if (!turning.leadTo(next)) return undefined;
  const before = turning.before();
  if (before === undefined) turning.cleanUp();
  return before ?? 'nothing';
}

export function finishedBefore(links: PairPaths, newCert: string, file: IssuedCertificate): Answer {
  return {
    result: done(`${sourceName(newCert)}: the rotation was finished before`),
    facts: [linkFact(links), ...certificateFacts(file)],
    json: {
      finished: true,
      erased: null,
      links: { ...links },
      checks: [],
      certificate: certificateJson(file),
    },
  };
}

/** Refuses the old certificate in place of the new one, where the chain accepts both: the key in use would be erased. */
function judgeOrder({ old, file, onChain }: Ending): Check[] {
  const { sequenceNumber: before, startPeriod } = old.certificate;
  const { sequenceNumber: after, startPeriod: start } = file.certificate;
  const isLower = start === startPeriod && after < before;
  const reason =
    start < startPeriod
      ? `it starts earlier, at KES period ${start}`
      : isLower && numberVerdict(before, { onChain: onChain?.last }).verdict === 'accepted'
        ? `its number ${after} is lower, and the network accepts ${before} too`
        : undefined;
  if (reason === undefined) return [];
  const words = `${reason}: name the old and the new one the other way round`;
  return [{ valid: false, words }];
}
