import { build } from '../../tsup.shared.js';

// What a person starts, and what runs in processes of its own.
const children = ['agent', 'allocations', 'headers', 'keys', 'memory', 'sealed-log'];

export default build({
  main: 'src/main.ts',
  'million-headers': 'src/million-headers.ts',
  ...Object.fromEntries(children.map((name) => [`children/${name}`, `src/children/${name}.ts`])),
});
