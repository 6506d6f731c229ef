/** The rows of the agent, which runs in a process of its own. */
import { resultOf } from '../processes/child-process.js';
import type { AgentResult } from '../processes/child-agent.js';
import { spreadOf } from '../timing/statistics.js';
import { figureRow, type FigureRow, type SkippedRow } from './row.js';

const MIB = 1_048_576;
const KIB = 1_024;

/** The costs of an agent: to hand out its key, to sign, and its memory when idle. */
export function agentRows(short: boolean): readonly (FigureRow | SkippedRow)[] {
  if (process.platform !== 'linux') {
    return [{ operation: 'agent', skipped: 'the memory of a process is read from /proc' }];
  }
  const repetitions = short ? 2 : 200;
  const launch = { program: 'child-agent', arguments: [String(repetitions)] } as const;
  const result = resultOf(launch) as AgentResult;
  const median = (values: readonly number[]): number => spreadOf(values).median;
  const none = undefined;
  return [
    figureRow(
      'agent: connect to key in hand',
      'ms',
      result.toKey,
      none,
      `a bare Unix round trip with its connect ${median(result.roundTrip).toFixed(2)} ms; the client checks the key, which costs a key generation`,
    ),
    figureRow(
      `agent: keys pushed to ${result.clients} clients`,
      'a second',
      result.pushes,
      none,
      'from the command that installs to the last client that has checked its key; all clients in one process',
    ),
    figureRow(
      'agent: signatures through the sign socket',
      'a second',
      result.signatures,
      none,
      `one client, one request after the other, each verified; bare sign ${median(result.bareSignatures).toFixed(0)} a second`,
    ),
    figureRow(
      'agent: memory of an idle agent with a key',
      'MiB',
      [result.resident / MIB],
      none,
      `resident set of the whole process; ${(result.locked / KIB).toFixed(0)} KiB of it locked`,
    ),
  ];
}
