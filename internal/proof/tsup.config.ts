import { build } from '../../tsup.shared.js';

// Three programs: the command, the scanned process, and the scanned process of the controls, which loads no package.
// All of it lies in `dist` itself (`places.ts`).
export default build(
  {
    main: 'src/main.ts',
    child: 'src/child/child.ts',
    'control-child': 'src/controls/control-child.ts',
  },
  {
    // A devDependency that is loaded at run time and not bundled.
    external: ['@evolock/memory-scan'],
  },
);
