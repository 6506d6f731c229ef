/** Keys in files: the next one is made beside the old one, which is erased once the new pair is good. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { eraseLeftovers, type IssuedCertificate } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { certificateFacts, certificateJson } from '../certificates/certificate.js';
import { judgeTime, lifeAt } from '../certificates/life-at.js';
import { judgeNumber } from '../certificates/number.js';
import { numberChecks, wayToIssueAgain } from '../certificates/on-chain.js';
import { allValid, type Answer, type Check } from '@evolock/command-line/answer';
import { ExitCode, invalid } from '@evolock/command-line/errors';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { exchangeWarnings } from '../files/write.js';
import { eraseKey } from '../keys/erase.js';
import { judgeKey } from '../keys/signing-key-file.js';
import { makePair } from '../keys/keygen.js';
import { derivedOf, loadKesSigningKey } from '../keys/key-files.js';
import { clockInWords } from '../network/clock.js';
import {
  newFiles,
  type NewFiles,
  refusePending,
  foreign,
  refuseForeignFiles,
  refuseForeignKey,
} from './names.js';
import {
  type Beginning,
  endCommand,
  type Ending,
  judgeNext,
  type KeyStore,
  type NextKey,
  stepsInWords,
  stepsToEnd,
} from './rotation.js';

/** The keys of a rotation in files. A rotation that begins has no `newSkey`. */
export function keysInFiles(skey: string, newSkey = ''): KeyStore {
  return {
    next: (beginning) => nextKey(skey, beginning),
    end: (ending) => endOf(skey, newSkey, ending),
  };
}

function nextKey(skey: string, beginning: Beginning): NextKey {
  const { cert, old, network } = beginning;
  checkOldKey(skey, cert, old);
  const inUse = { cert, skey };
  const files = newFiles(inUse, beginning);
  refusePending(beginning, {
    inUse,
    first: 'skey',
    isUsable: () => true,
    waysOut: (found) => waysOut(beginning, found),
  });
  return {
    files,
    warnings: [
      ...ownerWarnings(skey, files.skey),
      ...exchangeWarnings(files.skey, statSync(skey).uid),
    ],
    make: () => newPair(files),
    place: `${printable(files.skey)} (mode 0600: it stays on this machine)`,
    json: { signingKeyFile: files.skey },
    judge: (file, evolution) => judgeKey(files.skey, file, evolution),
    stepsAfter: (isIssuedHere) => [
      ...(isIssuedHere
        ? []
        : [
            [
              'Check the pair:',
              `kes status --cert ${shellWord(files.cert)} --skey ${shellWord(files.skey)} ${network}`,
            ] as const,
          ]),
      [`Start the node with ${printable(files.skey)} and ${printable(files.cert)}.`],
      ...stepsToEnd(beginning, files, [
        'When it runs, ask it for the last number on chain:',
        'Erase the old signing key:',
      ]),
    ],
  };
}

function checkOldKey(skey: string, cert: string, old: IssuedCertificate): void {
  const key = derivedOf(loadKesSigningKey(skey).signingKey);
  if (sameBytes(key, old.certificate.hotVerificationKey)) return;
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
function ownerWarnings(old: string, made: string): string[] {
  const owner = statSync(made, { throwIfNoEntry: false })?.uid ?? process.geteuid?.();
  if (statSync(old).uid === owner) return [];
  return [
    `${printable(old)} belongs to another user than ${printable(made)} and the other new files: give these to the user of the node (chown)`,
  ];
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
  // Who made a key knows it, and this one will be certified.
  const user = BigInt(process.geteuid?.() ?? found.uid);
  if (found.uid !== user) throw foreign(skey, `belongs to user ${found.uid}, not to ${user}`);
  using file = loadKesSigningKey(skey);
  if (file.nodeReading !== 'usable') throw foreign(skey);
  if (file.identity.inode !== found.ino) throw foreign(skey, 'was exchanged');
  const key = file.signingKey.deriveVerificationKey();
  refuseForeignKey(files, key);
  // A killed run may have left a second name of the key.
  eraseLeftovers(skey);
  if (lstatSync(skey).nlink > 1) throw foreign(skey, 'has more than one name');
  return key;
}

/**
 * Checks the new pair as a node does at its start, and its number by the chain. When every check is passed, the old signing
 * key is erased. While it is unknown what is on chain, nothing is.
 */
function endOf(skey: string, newSkey: string, ending: Ending): Answer {
  const { cert, newCert, old, file, onChainNumber: onChain, network, moment } = ending;
  const isThere = existsSync(skey);
  // A run that was interrupted may have erased the key.
  if (isThere) checkOldKey(skey, cert, old);
  const { sequenceNumber: inUse, hotVerificationKey: verificationKey } = old.certificate;
  const life = lifeAt(ending.parameters, file, moment);
  const key = judgeKey(newSkey, file, life.evolution);
  const number = judgeNumber(file.certificate.sequenceNumber, { onChain, inUse });
  const order = judgeOrder(ending);
  const again = wayToIssueAgain(number, { file, out: newCert, network, onChain });
  // Of two certificates in the wrong order, none is issued again.
  const checks = [
    ...judgeNext(old, file, judgeTime(life), key.check),
    ...(order.length > 0 ? order : numberChecks(number, again)),
  ];
  const passed = allValid(checks);
  const isUnknown = number.verdict === 'unknown';
  const finished = passed && !isUnknown;
  if (finished && isThere) eraseKey(skey, { verificationKey, namedBy: sourceName(cert) });
  // The run that erased it may have left its lock.
  else if (!isThere) eraseLeftovers(skey);
  const name = printable(skey);
  const kept = finished ? `${name} is erased` : `nothing was erased: ${name} stays`;
  return {
    result: `${sourceName(newCert)}: ${resultInWords(finished, passed)}`,
    checks,
    facts: [
      ['old key', isThere ? kept : `${name} was erased before`],
      ['clock', clockInWords(moment)],
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
      ...key.warnings,
      ...(isThere ? [] : [`there is no ${name}: an earlier run erased it, or the name is wrong`]),
      ...(isUnknown ? [`nothing was erased: ${number.words}`] : []),
    ],
    after:
      passed && isUnknown
        ? stepsInWords(
            stepsToEnd(ending, { cert: newCert, skey: newSkey }, [
              'Ask the node, when it runs with the new pair:',
              'Erase the old signing key:',
            ]),
          )
        : [],
  };
}

function resultInWords(finished: boolean, passed: boolean): string {
  if (finished) return 'valid';
  return passed ? 'valid, if the network accepts its number, which is unknown' : 'NOT valid';
}

/** Refuses the old certificate in place of the new one, where the chain accepts both: the key in use would be erased. */
function judgeOrder({ old, file, onChainNumber: onChain }: Ending): Check[] {
  const { sequenceNumber: before, startPeriod } = old.certificate;
  const { sequenceNumber: after, startPeriod: start } = file.certificate;
  const isLower = start === startPeriod && after < before;
  const reason =
    start < startPeriod
      ? `it starts earlier, at KES period ${start}`
      : isLower && judgeNumber(before, { onChain }).verdict === 'accepted'
        ? `its number ${after} is lower, and the network accepts ${before} too`
        : undefined;
  if (reason === undefined) return [];
  const words = `${reason}: name the old and the new one the other way round`;
  return [{ valid: false, words }];
}
