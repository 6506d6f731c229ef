import { build } from '../../tsup.shared.js';

// Three entries, because the demonstration's second process is a program of its own, and threads load a module of their
// own; nobody imports any of them, so there are no types.
export default build(
  {
    main: 'src/main.ts',
    'second-process': 'src/demo/second-process.ts',
    'header-worker': 'src/headers/header-worker.ts',
  },
  { dts: false },
);
