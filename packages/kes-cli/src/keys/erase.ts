/** `kes erase`: overwrites and removes the file of one KES signing key, which its verification key or certificate names. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { hexOf, type IssuedCertificate } from '@evolock/cardano-headers';
import { looksLikeKeyText, readCertificate, inspectEnvelope } from '@evolock/cardano-kes';
import { eraseFile, withLockFile } from '@evolock/cardano-kes/all';
import type { Definition } from '@evolock/command-line/command';
import { type CommandError, usage, invalid } from '@evolock/command-line/errors';
import { done, type Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import {
  CERTIFICATE,
  hasEnded,
  judgeSignature,
  judgeTime,
  lifeAt,
} from '../certificates/certificate.js';
import { checkClock } from '../certificates/start.js';
import { ifPossible } from '../errors.js';
import { readEnvelope } from '../files/read.js';
import {
  refuseStdin,
  derivedOf,
  loadKesSigningKey,
  KEY_FORMS,
  readVerificationKey,
} from '../files/key-files.js';
import { momentNow, periodAt } from '../network/clock.js';
import {
  NETWORK,
  datedNetworkOf,
  namedNetwork,
  namesNetwork,
  networkArguments,
  type NetworkOptions,
} from '../network/network.js';
import { KIND_IN_WORDS } from '../files/write.js';

interface Options extends NetworkOptions {
  readonly vkey?: string;
  readonly cert?: string;
  readonly force?: boolean;
}

export const eraseCommand: Definition = {
  text: `
    Overwrites and removes the file of a KES signing key that is not needed any more. It erases nothing else: no cold key, no VRF key, no other file, no link. The verification key or the certificate of the key names it a second time. A key whose certificate is still valid needs --force. Overwriting does not reach what a copy-on-write file system, a snapshot, a backup or a solid state disk keeps. The key that a rotation replaces is erased by kes rotate --finish, which checks the new pair first.

    <signing-key-file>
    --vkey <key>             the verification key of the key: ${KEY_FORMS}
    --opcert, --cert <file>  or its certificate, with the network
    --force                  erase also a key whose certificate is still valid, or a damaged one

    # The key of a certificate that has ended
    $ kes erase kes-1500.skey --cert node-1500.cert --network mainnet
    # A key that never got a certificate
    $ kes erase kes-1574.skey --vkey kes-1574.vkey`,
  options: NETWORK,
  work: erase,
};

async function erase(session: Session, path: string, options: Options): Promise<Answer> {
  refuseStdin(path);
  const { force = false, vkey, cert } = options;
  const { key, isOver } =
    cert === undefined
      ? { key: await statedKey(session, options), isOver: () => false }
      : await keyOfCertificate(session, cert, options);
  const given = cert ?? vkey ?? '';
  const namedBy = looksLikeKeyText(given) ? '--vkey' : sourceName(given);
  eraseKey(path, { verificationKey: key, namedBy, force }, () => {
    const found = force ? undefined : certificateBeside(path, key, isOver);
    if (found !== undefined) throw certified(session, path, found, options);
  });
  const looked = force ? 'not looked at' : 'none of this key in its folder; no other was looked at';
  return {
    json: { erased: path, kesVerificationKey: hexOf(key) },
    result: done(`${printable(path)} is erased`),
    facts: [
      ['KES key', hexOf(key)],
      ...(cert === undefined ? [['certificates', looked] as const] : []),
    ],
  };
}

async function statedKey(session: Session, options: Options): Promise<Uint8Array> {
  const { vkey } = options;
  if (vkey === undefined) {
    throw usage('name the key a second time: --vkey <key>, or --cert <file> with its network');
  }
  if (namesNetwork(options)) throw usage('the options of the network need --cert <file>');
  return (await readVerificationKey(session, '--vkey', vkey)).verificationKey;
}

type IsOver = (file: IssuedCertificate) => boolean;

async function keyOfCertificate(
  session: Session,
  cert: string,
  options: Options,
): Promise<{ readonly key: Uint8Array; readonly isOver: IsOver }> {
  if (options.vkey !== undefined) throw usage('give --vkey or --cert, not both');
  const file = await readEnvelope(session, cert, CERTIFICATE);
  const { hotVerificationKey: key, startPeriod } = file.certificate;
  const parameters = await datedNetworkOf(session, options);
  const moment = momentNow(parameters, session.context.now());
  const { period } = periodAt(parameters, moment);
  // A certificate that its cold key did not sign shows nothing: another file may be the valid one.
  const isOver: IsOver = (each) =>
    judgeSignature(each).valid && hasEnded(parameters, each.certificate.startPeriod, period);
  if (options.force === true) return { key, isOver };
  checkClock({ parameters, moment, replaced: { name: sourceName(cert), startPeriod } });
  if (isOver(file)) return { key, isOver };
  const signature = judgeSignature(file);
  const { words } = signature.valid ? judgeTime(lifeAt(parameters, file, moment)) : signature;
  throw usage(
    `${sourceName(cert)}: ${words}, so a node may need the key: kes rotate --finish erases a key that was replaced; to erase this one all the same, add --force`,
  );
}

/** A certificate of the key in its folder that has not ended, as far as the options tell: a node may need the key. */
function certificateBeside(path: string, key: Uint8Array, isOver: IsOver): string | undefined {
  return readdirSync(dirname(path))
    .filter((name) => /\.(?:cert|opcert)$/.test(name))
    .map((name) => join(dirname(path), name))
    .find((cert) => {
      const file = ifPossible(() => readCertificate(cert));
      if (file === undefined) return false;
      return sameBytes(file.certificate.hotVerificationKey, key) && !isOver(file);
    });
}

function certified(session: Session, path: string, cert: string, options: Options): CommandError {
  const isNamed = namesNetwork(namedNetwork(session, options));
  const words = isNamed ? networkArguments(session, options) : '--network <name>';
  return usage(
    `${printable(cert)}: it is a certificate of this key, and shows whether the key is over: name it${isNamed ? '' : ', and its network'}; run: kes erase ${shellWord(path)} --cert ${shellWord(cert)} ${words}`,
  );
}

interface Erasable {
  readonly verificationKey: Uint8Array;
  /** What names the key, safe to print. */
  readonly namedBy: string;
  /** Whether a damaged key, which cannot be compared, is erased by the type and size of its file. */
  readonly force?: boolean;
}

/** Bytes of the CBOR of a KES signing key: the key in its layouts, and the head of a byte string. */
const SIZES: readonly number[] = [608, 612, 704].map((size) => size + 3);

/**
 * Overwrites and removes the file under its lock, if it holds this key. A second name would lead to a key that stays. `check`
 * refuses when the key is needed, and is called when the file holds it.
 */
export function eraseKey(
  path: string,
  { verificationKey, namedBy, force = false }: Erasable,
  check?: () => void,
): void {
  const name = printable(path);
  withLockFile(path, () => {
    const { kind, cborSize } = inspectEnvelope(path);
    if (kind !== 'kes-signing-key') {
      const words = kind === undefined ? 'a file of another type' : KIND_IN_WORDS[kind];
      throw invalid(`${name}: it is ${words}, and only KES signing keys are erased here`);
    }
    if (!SIZES.includes(cborSize))
      throw invalid(`${name}: it does not have the size of a KES signing key`);
    const found = keyIn(path);
    if (found === undefined && !force)
      throw invalid(
        `${name}: the key is damaged, so it cannot be compared with ${namedBy}: kes erase with --force erases the file by its type and size`,
      );
    if (found !== undefined && !sameBytes(found, verificationKey))
      throw invalid(`${name}: it is not the key of ${namedBy}`);
    check?.();
    eraseFile(path);
  });
}

function keyIn(path: string): Uint8Array | undefined {
  try {
    return derivedOf(loadKesSigningKey(path).signingKey);
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    if (error instanceof Error && code.startsWith('ERR_EVOLOCK_KES_')) return undefined;
    throw error;
  }
}
