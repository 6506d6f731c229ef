import { builtProgram } from '../places.js';
import { withStoppedProcess } from '../prove/child-process.js';
import { writeArguments } from '../child/child-arguments.js';
import type { Control } from './control-operations.js';
import { liveRoot } from '../secrets/expectation.js';
import { randomSecret, scanFor, withFolder } from '../prove/prove.js';
import type { Verdict } from '../prove/verdict.js';

/** Leaks a secret in a process on purpose, and scans the process. */
export function proveControl(control: Control): Promise<Verdict> {
  const leaves = control.includes('key pair') ? [''] : [];
  const secret = randomSecret({ ...liveRoot, leaves });
  return withFolder((folder) => {
    const given = { id: control, repetitions: 0, secret: secret.masked, folder };
    const line = writeArguments({ ...given, canary: secret.canary.serialise() });
    return withStoppedProcess(
      { program: builtProgram('control-child'), arguments: line, folder },
      (pid) => scanFor(pid, secret),
    );
  });
}
