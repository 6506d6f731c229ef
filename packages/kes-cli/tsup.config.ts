import { build } from '../../tsup.shared.js';

// The command is a program: nothing imports it, so it has no types. Its threads load a module of their own.
export default build(
  { main: 'src/main.ts', 'header-worker': 'src/headers/header-worker.ts' },
  { dts: false },
);
