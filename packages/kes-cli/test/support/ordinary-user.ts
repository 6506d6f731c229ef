import { spawnSync } from 'node:child_process';
import { program } from './kes.js';

/** The user and group that own nothing. */
const NOBODY = 65_534;

const WITHOUT_RIGHTS = [
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
];

/** What makes a program run as an ordinary user who may lock so many KiB: put before it on a command line. */
export function asOrdinaryUser(lockLimit: number): [string, ...string[]] {
  const limited: [string, ...string[]] = ['sh', '-c', `ulimit -l ${lockLimit} && exec "$@"`, 'sh'];
  return process.getuid?.() === 0 ? ['setpriv', ...WITHOUT_RIGHTS, ...limited] : limited;
}

/** Why that is impossible here, or nothing. */
export function whyNoOrdinaryUser(): string | undefined {
  const [file, ...line] = [...asOrdinaryUser(64), process.execPath, program, '--version'];
  const { status, stderr, error } = spawnSync(file, line, { cwd: '/' });
  return status === 0 ? undefined : String(error ?? stderr.toString().split('\n', 1)[0]);
}
