#!/usr/bin/env node
// Committed, unlike dist: npm links a command when it installs, and a clone is built after that.
import { existsSync } from 'node:fs';

const built = new URL('../dist/control-command.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error(
    'kes-agent-control: error: the command is not built yet: run `npm run build` first',
  );
  process.exitCode = 1;
}
