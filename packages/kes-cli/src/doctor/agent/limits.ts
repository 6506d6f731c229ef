import type { Check, SystemText } from '../check.js';
import { sizeInWords } from '../check.js';

const FIX =
  '`LimitMEMLOCK=64M` and `LimitCORE=0` in a systemd unit, `--ulimit memlock=67108864 --ulimit core=0` for a container';

/** Bytes that an agent needs at least: five keys with their scratch memory. */
const NEEDED = 131_072;

/** The limits of a running agent, which can differ from those of this process. */
export function checkAgentLimits(read: SystemText, pid: number): Check {
  const name = 'agent limits';
  const text = read(`/proc/${pid}/limits`);
  const memory = limitIn(text, 'Max locked memory');
  const core = limitIn(text, 'Max core file size');
  if (memory === undefined || core === undefined) {
    return { name, state: 'unknown', found: `those of process ${pid} cannot be read` };
  }
  const found = `process ${pid}: locked memory ${inWords(memory)}, core dumps ${inWords(core)}`;
  return memory < NEEDED || core > 0
    ? { name, state: core > 0 ? 'bad' : 'weak', found, fix: FIX }
    : { name, state: 'good', found };
}

/** The soft limit in bytes. */
function limitIn(text: string | undefined, name: string): number | undefined {
  const line = text?.split('\n').find((each) => each.startsWith(name));
  const [soft = ''] = line?.slice(name.length).trim().split(/\s+/) ?? [];
  if (soft === 'unlimited') return Infinity;
  return /^[0-9]+$/.test(soft) ? Number(soft) : undefined;
}

function inWords(bytes: number): string {
  return bytes === Infinity ? 'without limit' : sizeInWords(bytes);
}
