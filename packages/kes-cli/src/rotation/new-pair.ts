/** The new pair and its request. A rotation that was interrupted goes on with the files that it has left. */
import { existsSync } from 'node:fs';
import {
  hexOf,
  readKesVerificationKey,
  withLockFile,
  writeKesVerificationKey,
} from '@evolock/cardano-kes';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import {
  LARGEST_REQUEST,
  parseRequest,
  requestText,
  type CertificateRequest,
} from '../certificates/request.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable } from '../cli/text.js';
import { readPublic } from '../files/read.js';
import { makePair } from '../keys/pair.js';
import { withSigningKey } from '../keys/signing-key.js';
import type { NewFiles } from './names.js';

/** Makes the new pair, or reads the one of an interrupted rotation. Returns its verification key. */
export async function newPair({ skey, vkey }: NewFiles): Promise<Uint8Array> {
  if (!existsSync(skey)) {
    refuseForeign(vkey, undefined);
    return withLockFile(skey, () => makePair({ skey, vkey }));
  }
  const key = await withSigningKey(skey, ({ signingKey, nodeReading }) => {
    if (nodeReading !== 'usable') throw foreign(skey);
    return signingKey.deriveVerificationKey();
  });
  refuseForeign(vkey, key);
  if (!existsSync(vkey)) writeKesVerificationKey(vkey, key);
  return key;
}

/** A file of another key must stay, so this rotation cannot use its name. */
function refuseForeign(vkey: string, key: Uint8Array | undefined): void {
  if (!existsSync(vkey)) return;
  const found = readKesVerificationKey(vkey).verificationKey;
  if (key === undefined || hexOf(found) !== hexOf(key)) throw foreign(vkey);
}

function foreign(path: string): CommandError {
  return new CommandError(
    'usage',
    `${printable(path)}: it exists already, and is not of this rotation: move it away`,
  );
}

/** Writes the request, or keeps the one of an interrupted rotation. */
export async function writeRequest(
  session: Session,
  path: string,
  request: CertificateRequest,
): Promise<void> {
  if (!existsSync(path)) {
    writeDurably(path, requestText(request), { replace: false, secret: false });
    return;
  }
  const found = parseRequest(path, await readPublic(session, path, LARGEST_REQUEST));
  // Everything but the time.
  const same = Buffer.compare(requestText({ ...found, time: request.time }), requestText(request));
  if (same !== 0) throw foreign(path);
}
