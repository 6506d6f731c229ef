import { hexOf, isBlockHeaderBody } from '@evolock/cardano-headers';
import type { KesSigningKey } from '@evolock/kes-sum';
import { certificateJson, periodsInWords } from '../certificates/certificate.js';
import type { Definition } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import { done, type Answer, type JsonMembers } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { readMessage, refuseDash } from '../files/read.js';
import { refuseExisting, writePublic } from '../files/write.js';
import { warningsAbout } from '../certificates/signing-key-file.js';
import { checkSigner, loadKesSigningKey } from '../files/key-files.js';

interface Options {
  readonly skey?: string;
  readonly agentSign?: string;
  readonly period?: number;
  readonly out?: string;
  readonly blockHeader?: boolean;
  readonly force?: boolean;
}

export const signCommand: Definition = {
  text: `
    Signs the bytes of a file, or of standard input, at the period of the key or at a later one. The key file does not change. Prints the signature in hexadecimal. The body of a block header, and any message that a node could read as one, is signed only with --block-header: the signature makes a block. With --agent-sign an agent signs with its key, at the current KES period.

    [message-file]       the message, - for standard input
    --skey <file>        the signing key
    --period <period>    the period of the key, or a later one
    --agent-sign <path>  or the sign socket of an agent
    --out <file>         write the signature to a file
    --block-header       sign the body of a block header
    --force              replace an existing KES signature

    # At the period of the key
    $ kes sign --skey kes.skey message.txt
    # At a later period; the key file does not change
    $ kes sign --skey kes.skey --period 12 message.txt
    # From standard input, to a file
    $ cat message.txt | kes sign --skey kes.skey --out message.sig -
    # With the key of an agent
    $ kes sign --agent-sign /run/kes-agent/sign.socket message.txt`,
  readsStdin: true,
  work: sign,
};

async function sign(session: Session, message: string, options: Options): Promise<Answer> {
  const { out, force = false } = options;
  refuseDash('--out', out, 'without --out the signature goes to standard output');
  const signer = signerOf(session, options);
  if (out !== undefined) refuseExisting(out, force, 'kes-signature');
  const signed = await signer(message);
  const signature = hexOf(signed.signature);
  if (out !== undefined) {
    writePublic(out, Buffer.from(`${signature}\n`), { force, kind: 'kes-signature' });
  }
  return {
    json: {
      period: signed.period,
      kesSignature: signature,
      signatureFile: out,
      kesVerificationKey: hexOf(signed.verificationKey),
      ...signed.facts,
    },
    warnings: signed.warnings,
    raw: out === undefined ? [signature] : undefined,
    result: done(
      `${printable(out ?? '')} holds the signature of ${sourceName(message)} at ${signed.place}`,
    ),
  };
}

interface Signed {
  readonly period: number;
  /** In words: the KES period is known by the certificate of an agent only. */
  readonly place: string;
  readonly signature: Uint8Array;
  readonly verificationKey: Uint8Array;
  readonly facts: JsonMembers;
  readonly warnings: readonly string[];
}

type Signer = (message: string) => Promise<Signed>;

function signerOf(session: Session, options: Options): Signer {
  const { skey, agentSign, period, blockHeader } = options;
  checkSigner(options);
  if (skey !== undefined) return (message) => signWithFile(session, message, skey, options);
  if (period !== undefined) {
    throw usage('--period needs --skey <file>: an agent signs at its own period');
  }
  if (blockHeader === true) {
    throw usage(
      '--block-header needs --skey <file>: of an agent, its operator decides by --sign-block-headers',
    );
  }
  return async (message) => {
    const bytes = await readMessage(session, message);
    const { askAgent } = await import('../agent/control/agent-control.js');
    const { signature, period, evolution, ...issued } = await askAgent(agentSign ?? '', bytes);
    return {
      period: evolution,
      place: periodsInWords(period, evolution),
      signature,
      verificationKey: issued.certificate.hotVerificationKey,
      facts: { kesPeriod: String(period), certificate: certificateJson(issued) },
      warnings: [],
    };
  };
}

async function signWithFile(
  session: Session,
  message: string,
  skey: string,
  { period, blockHeader }: Options,
): Promise<Signed> {
  using file = loadKesSigningKey(skey);
  const { signingKey } = file;
  const warnings = warningsAbout(skey, file);
  // Errors about the key come before the user types a message.
  if (period !== undefined) evolveHere(signingKey, skey, period);
  const bytes = await readMessage(session, message);
  // With the certificate of the pool, the signature of the body of a block header makes a block.
  if (blockHeader !== true && isBlockHeaderBody(bytes))
    throw usage(
      `${sourceName(message)}: it may be the body of a block header, and its signature would make a block: to sign it, add --block-header`,
    );
  return {
    period: signingKey.period,
    place: `period ${signingKey.period}`,
    signature: signingKey.sign(bytes),
    verificationKey: signingKey.deriveVerificationKey(),
    facts: {},
    warnings,
  };
}

/** Evolves the key in memory. The file keeps its period. */
function evolveHere(signingKey: KesSigningKey, path: string, period: number): void {
  const { totalPeriods } = signingKey.algorithm;
  if (period < signingKey.period || period >= totalPeriods) {
    const last = totalPeriods - 1;
    const periods =
      signingKey.period === last
        ? `period ${last}, its last`
        : `the periods ${signingKey.period} to ${last}`;
    throw usage(`--period ${period}: ${printable(path)} signs only at ${periods}`);
  }
  signingKey.updateTo(period);
}
