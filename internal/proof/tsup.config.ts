import { build } from '../../tsup.shared.js';

// Two programs: the command and the scanned process.
export default build(
  {
    main: 'src/main.ts',
    child: 'src/child.ts',
  },
  {
    // A devDependency that is loaded at run time and not bundled.
    external: ['@evolock/memory-scan'],
  },
);
