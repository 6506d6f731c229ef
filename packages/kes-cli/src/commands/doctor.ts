import { lockStatus, preflight, sum6Kes } from '@evolock/kes-sum';
import type { Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import type { Check } from '../doctor/check.js';
import { checkCoreDumps, CORE_DUMPS } from '../doctor/core-dumps.js';
import { checkKeysThatFit, checkLockLimit } from '../doctor/lock-limit.js';
import { checkPtraceScope } from '../doctor/ptrace-scope.js';
import { checkSwap } from '../doctor/swap.js';
import { systemText } from '../doctor/system-text.js';
import { ExitCode } from '../exit-code.js';
import type { Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import type { Style } from '../style.js';

/** `kes doctor`: whether this machine can keep a key. */
export function doctorCommand(session: Session): Command {
  const command = leaf(session, 'kes doctor', {
    name: 'doctor',
    summary: 'Say whether this machine can keep a signing key',
    description:
      'Says whether this machine can keep a signing key: locked memory, swap, core dumps, tracing; and what to do where it could do better. It changes nothing. Ends with 3 where a key cannot be locked in memory, or where core dumps are on.',
    examples: [
      ['kes doctor', 'What about this machine?'],
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
      closing(checks, style),
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

function closing(checks: readonly Check[], style: Style): string {
  const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  if (bad.length > 0) {
    return style.bad(
      bad.every((name) => name === CORE_DUMPS)
        ? 'Keys can be locked in memory, but turn core dumps off before a key is used here.'
        : 'No key can be locked in memory here: kes will refuse to load one.',
    );
  }
  return checks.some(({ state }) => state === 'weak')
    ? 'Keys can be locked in memory. What is marked ! could be better.'
    : style.good('Keys can be locked in memory.');
}
