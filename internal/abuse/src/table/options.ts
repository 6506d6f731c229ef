// The parameters of the public functions that are options, and what is given with them to functions that have no row.
import { MaskedNeedle } from '@evolock/memory-scan';
import { folder } from '../arguments/files-and-sockets.js';
import { sum2Kes } from '../arguments/world.js';
import type { Callable } from './surface.js';
import { everyCallable, INNER, table, UNMADE } from './table.js';

const CONSTRUCTOR = /(?:^|[^.\w])constructor(?=\()/;

/** The parameters of a function, or of the constructor of a class, as text. */
function parametersOf({ call, kind }: Callable): string[] {
  const source = String(call);
  const start = kind === 'new' ? source.search(CONSTRUCTOR) : 0;
  if (start === -1) return [];
  const parameters: string[] = [];
  let depth = 0;
  let begin = source.indexOf('(', start) + 1;
  for (let at = begin; depth >= 0 && at < source.length; at += 1) {
    const character = source.charAt(at);
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth > 0 || (depth === 0 && character !== ',')) continue;
    parameters.push(source.slice(begin, at).trim());
    begin = at + 1;
  }
  return parameters;
}

const isOptions = (parameter: string) => /^(?:options|configuration)\b/.test(parameter);

const needles = [MaskedNeedle.random('needle', 32)];

/** What precedes the options of functions that have no row, as arguments that are right. */
export const withoutRow: Readonly<Record<string, readonly unknown[]>> = {
  allocateSlot: [32],
  'KesVerifyPool.start': [],
  'KesVerifyPool#verifyMany': [sum2Kes, []],
  startHeaderThreads: [],
  'BytesPool.start': [new URL('file:///none.js')],
  'BytesPool#judgeMany': [[], undefined],
  'Sealer.open': [`${folder}/log`],
  'Sealer#close': [],
  renewLog: [`${folder}/log`],
  runConformance: [{}],
  stdioImplementation: ['none', []],
  scanFile: [`${folder}/none`, needles],
  scanProcess: [1, needles],
  scanOwnProcess: [needles],
  waitUntilStopped: [process.pid],
};

/** Public functions with options that neither their row nor {@link withoutRow} has at that place. */
export const forgotten = [...everyCallable].flatMap(([name, callable]) => {
  if (UNMADE.test(name) || INNER.test(callable.from)) return [];
  const { args = [] } = table.get(name) ?? {};
  const isKnown = (position: number) =>
    args[position]?.isOptions === true || withoutRow[name]?.length === position;
  const positions = parametersOf(callable).map((each, at) => (isOptions(each) ? at : -1));
  return positions.every((at) => at === -1 || isKnown(at)) ? [] : [name];
});
