#!/usr/bin/env node
// Committed, unlike dist: npm links a command when it installs, and a clone is built after that.
import { existsSync } from 'node:fs';

// Node.js opens its inspector at this signal, unless there is a listener.
process.on('SIGUSR1', () => undefined);

const built = new URL('../dist/control-command.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error(
    'kes-agent-control: error: the command is not built yet: run `npm run build` first',
  );
  process.exitCode = 1;
}
