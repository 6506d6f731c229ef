/** The request file of a rotation. */
import { existsSync } from 'node:fs';
import { eraseLeftovers } from '@evolock/cardano-kes';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import {
  LARGEST_REQUEST,
  parseRequest,
  requestText,
  type CertificateRequest,
} from '../certificates/request.js';
import type { Session } from '../cli/session.js';
import { readPublic } from '../files/read.js';
import { foreign } from './names.js';

/** Writes the request, or keeps the one of an interrupted rotation. What is known of the chain is brought up to date. */
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
  const { time, onChain } = request;
  const isSame = Buffer.compare(requestText({ ...found, time, onChain }), requestText(request));
  if (isSame !== 0) throw foreign(path);
  if (onChain === undefined || onChain === found.onChain) eraseLeftovers(path);
  else writeDurably(path, requestText(request), { replace: true, secret: false });
}
