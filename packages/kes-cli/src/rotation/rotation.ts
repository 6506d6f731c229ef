/** A rotation: the certificate in use, the network, and the moment; what the operator does next. */
import type { KesParameters } from '@evolock/cardano-kes';
import { onChainFileOf, queryCommand, type OnChainOptions } from '../certificates/on-chain.js';
import { shellWord } from '../cli/text.js';
import type { Moment } from '../network/clock.js';

/** What every step of a rotation needs. */
export interface Rotation extends OnChainOptions {
  /** The file of the certificate in use. */
  readonly cert: string;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The options that name the network, to type them again. */
  readonly network: string;
}

/** One step, the command of it, and what may be different. */
export type Step = readonly [words: string, command?: string, note?: string];

/** The steps as numbered lines. A command has a line of its own, to copy. */
export function stepsInWords(steps: readonly Step[]): string[] {
  return steps.flatMap(([words, ...more], index) => [
    `  ${index + 1}. ${words}`,
    ...more.map((line) => `     ${line ?? ''}`),
  ]);
}

/** The steps that end a rotation: the node is asked for the last number on chain, and the end is run with its answer. */
export function stepsToFinish(
  { cert, parameters, network }: Rotation,
  {
    asking,
    ending,
    inUse,
    newCert,
    newSkey,
  }: {
    readonly asking: string;
    readonly ending: string;
    /** The option of the key in use. */
    readonly inUse: string;
    readonly newCert: string;
    readonly newSkey?: string;
  },
): Step[] {
  const answer = onChainFileOf(newCert);
  const key = newSkey === undefined ? '' : ` --new-skey ${shellWord(newSkey)}`;
  const files = `--cert ${shellWord(cert)} ${inUse} --new-cert ${shellWord(newCert)}${key}`;
  return [
    [
      asking,
      queryCommand(parameters, newCert, answer),
      'It needs the socket of the node: in CARDANO_NODE_SOCKET_PATH, or by --socket-path.',
    ],
    [ending, `kes rotate --finish ${files} ${network} --on-chain ${shellWord(answer)}`],
  ];
}
