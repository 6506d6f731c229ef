/** In `npm test` a property that states no number of runs has a quarter of them. CI tries it 100 times. */
import fc from 'fast-check';

fc.configureGlobal({ numRuns: 25 });
