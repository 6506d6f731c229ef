#!/usr/bin/env node
// Committed, unlike dist: npm links a command when it installs, and a clone is built after that. Without the link,
// `npx kes` would run an unrelated package of that name from the registry.
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error('kes: error: the command is not built yet: run `npm run build` first');
  process.exitCode = 3;
}
