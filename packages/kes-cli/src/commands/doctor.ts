import { lockStatus, preflight, sum6Kes } from '@evolock/kes-sum';
import type { Command } from 'commander';
import { carryOut, leaf } from '../cli/command.js';
import { ExitCode } from '../cli/errors.js';
import type { Outcome, Session } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { systemText, type Check } from '../doctor/check.js';
import { checkCoreDumps, CORE_DUMPS } from '../doctor/core-dumps.js';
import { checkKeysThatFit, checkLockLimit } from '../doctor/lock-limit.js';
import { checkPtraceScope } from '../doctor/ptrace-scope.js';
import { checkSwap } from '../doctor/swap.js';

/** `kes doctor`: can this machine keep a key? */
export function doctorCommand(session: Session): Command {
  const command = leaf(session, 'kes doctor', {
    summary: 'Check whether this machine can keep a signing key',
    description:
      'Checks whether this machine can keep a signing key: locked memory, swap, core dumps, tracing. It shows how to improve what it finds, and changes nothing. The exit code is 3 when a key cannot be locked in memory, or when core dumps are on.',
    examples: [
      ['kes doctor', 'Check this machine'],
      ['kes doctor --json', 'The same, for a monitoring script'],
    ],
  });
  return carryOut(session, command, examine);
}

function examine(): Outcome {
  const found = preflight(sum6Kes);
  const checks = [
    checkLockLimit(lockStatus()),
    checkKeysThatFit(found.fits),
    checkSwap(systemText),
    checkCoreDumps(systemText, found),
    checkPtraceScope(systemText),
  ];
  const able = checks.every(({ state }) => state !== 'bad');
  return {
    exitCode: able ? ExitCode.valid : ExitCode.environment,
    json: { able, checks: checks.map((check) => ({ ...check })) },
    lines: (style) => [
      ...checks.flatMap((check) => inWords(check, style)),
      '',
      summary(checks, style),
    ],
  };
}

function inWords({ name, state, found, fix }: Check, style: Style): string[] {
  const mark = {
    good: style.good('✓'),
    weak: style.warning('!'),
    bad: style.bad('✗'),
    unknown: style.faint('?'),
  }[state];
  const line = `${mark} ${name.padEnd(13)}  ${found}`;
  return fix === undefined ? [line] : [line, `                 ${style.faint('→')} ${fix}`];
}

function summary(checks: readonly Check[], style: Style): string {
  const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  if (bad.length > 0) {
    return style.bad(
      bad.every((name) => name === CORE_DUMPS)
        ? 'Keys can be locked in memory, but turn core dumps off before a key is used here.'
        : 'No key can be locked in memory here: kes will refuse to load one.',
    );
  }
  return checks.some(({ state }) => state === 'weak')
    ? 'Keys can be locked in memory. The lines marked ! can be improved.'
    : style.good('Keys can be locked in memory.');
}
