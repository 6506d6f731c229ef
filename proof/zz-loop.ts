import { prove } from './src/prove.js';
import { provedOperations } from './src/all-operations.js';
import { idOf } from './src/operation.js';
const pattern = new RegExp(process.argv[2] ?? 'update|generat|expan', 'i');
const rounds = Number(process.argv[3] ?? 10);
for (const op of provedOperations) {
  if (!pattern.test(idOf(op)) || op.stopsItself) continue;
  for (const repetitions of [0, 200, 1000]) {
    let bad = 0;
    const seen: string[] = [];
    const jobs = Array.from({ length: rounds }, (_, i) => i);
    const one = async () => { for (;;) { const j = jobs.pop(); if (j === undefined) return; const v: any = await prove(op, { repetitions }); if (v.problems.length > 0) { bad++; seen.push(JSON.stringify(v).slice(0, 300)); } } };
    await Promise.all([one(), one()]);
    console.log(idOf(op), repetitions, 'bad', bad, 'of', rounds, seen[0] ?? '');
  }
}
