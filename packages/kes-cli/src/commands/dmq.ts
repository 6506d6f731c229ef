import type { Definition } from '../cli/command.js';
import { CHECKED, ExitCode } from '../cli/errors.js';
import { positiveNumber, wholeNumber64 } from '../cli/option-values.js';
import type { AnswerStream } from '../cli/answer.js';
import type { Session } from '../cli/session.js';
import { STDIN } from '../cli/text.js';
import type { SignFlags } from '../dmq/sign.js';
import type { VerifyFlags } from '../dmq/verify.js';
import { momentInOption } from '../network/clock.js';
import { withNetworkOptions } from '../network/network.js';

/** `kes dmq sign`: a message of the queue. */
export const signCommand: Definition = {
  description:
    'Makes a message of CIP-137: the body, the KES period, the expiry, and the KES signature over them, with the operational certificate of the pool. Before it signs, it checks that the cold key signed the certificate, and that the evolution is within the limit of the network. With --skey it signs at the evolution of the KES period; the key file does not change. With --agent-sign an agent signs, and must hold the key of this certificate. Prints the message in hexadecimal, or writes its bytes, as nodes take them, to a file. A body has at most 2,000 bytes. The networks of the queue have a least size too, which is not checked.',
  examples: [
    [
      'kes dmq sign --cert node.cert --skey kes.skey --network mainnet --out message.dmq body',
      'With a key file, for the current KES period',
    ],
    [
      'kes dmq sign --cert node.cert --agent-sign /run/kes-agent/sign.socket --network mainnet --ttl 1200 body',
      'With the key of an agent; it expires in 20 minutes',
    ],
  ],
  options: (command) => {
    command
      .argument('[body-file]', 'the body, - for standard input', STDIN)
      .requiredOption('--cert <file>', 'the operational certificate of the KES key, or -')
      .option('--skey <file>', 'the KES signing key')
      .option('--agent-sign <path>', 'or the sign socket of an agent')
      .option(
        '--kes-period <period>',
        'another absolute KES period than the current one',
        wholeNumber64,
      )
      .option(
        '--ttl <seconds>',
        'seconds until it expires, below 1800; 600 when absent',
        positiveNumber,
      )
      .option(
        '--expires-at <moment>',
        'or the moment at which it expires: 2026-03-01T12:00:00Z',
        momentInOption,
      )
      .option('--out <file>', 'write the bytes of the message to a file')
      .option('--force', 'replace an existing message');
    withNetworkOptions(command);
  },
  work: async (session: Session, body: string, flags: SignFlags) => {
    const { signMessage } = await import('../dmq/sign.js');
    return signMessage(session, body, flags);
  },
};

/** `kes dmq verify`: does a node accept messages? */
export const verifyCommand: Definition = {
  description:
    'Verifies messages of CIP-137: the message id, the expiry, the certificate by the cold key, the evolution with the limit of the network, that the KES period is the current one (or that of --at), the KES signature over the payload, and with --last-number the order of the certificates. A file holds one message of at most 2,800 bytes, in binary or in hexadecimal. Each verdict is printed at once; with --json it is one line. What needs the state of the ledger or of a node is not checked, and listed. Exit code 1: a message is not valid. 4: something is not a message, and no message is invalid. 3: something could not be read, and everything else is valid.',
  examples: [
    ['kes dmq verify --network mainnet message.dmq', 'Does a node accept it now?'],
    [
      'kes dmq verify --network mainnet --last-number 7 --at 2026-09-01T12:00:00Z message.dmq',
      'At another moment, after a certificate with number 7',
    ],
  ],
  exitCodes: [...CHECKED, ExitCode.unrecognised],
  options: (command) => {
    command
      .argument('[path...]', 'files, or - for standard input', [STDIN])
      .option(
        '--last-number <number>',
        'the highest sequence number known of the certificates of the pool',
        wholeNumber64,
      )
      .option('--at <moment>', 'another moment than now: 2026-03-01T12:00:00Z', momentInOption);
    withNetworkOptions(command);
  },
  work: verified,
};

async function* verified(
  session: Session,
  paths: readonly string[],
  flags: VerifyFlags,
): AnswerStream {
  const { verifyMessages } = await import('../dmq/verify.js');
  yield* verifyMessages(session, paths, flags);
}

/** `kes dmq inspect`: the content of a message. */
export const inspectCommand: Definition = {
  description:
    'Shows the content of a message of CIP-137, in binary or in hexadecimal, without any check. With --json it shows the whole body, the signatures and the bytes of the payload too.',
  examples: [
    ['kes dmq inspect message.dmq', 'Of which pool, until when?'],
    ['kes dmq inspect --json - < message.dmq', 'All of it, for a script'],
  ],
  options: (command) => command.argument('<message-file>', 'the message, or - for standard input'),
  work: async (session: Session, path: string) => {
    const { inspectMessage } = await import('../dmq/inspect.js');
    return inspectMessage(session, path);
  },
};
