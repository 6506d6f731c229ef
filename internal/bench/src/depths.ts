/** How the cost of each operation grows with the depth of the tree, measured and drawn as SVG. */
import { writeFileSync } from 'node:fs';
import { ed25519, sumKesOfDepth } from '@evolock/kes-sum';
import { bare, operations } from './keys.js';
import { measure, ratioOf, spreadOf, type Candidate, type Effort, type Spread } from './measure.js';
import { Keep } from './new-key.js';
import { measuredFile } from './rows.js';

/** What one operation costs at each depth. */
export interface DepthSeries {
  readonly operation: string;
  readonly points: readonly {
    readonly depth: number;
    /** Microseconds. */
    readonly cost: Spread;
    /** In bare key pairs, measured beside it. */
    readonly keyPairs: Spread;
  }[];
}

const UPDATE = 'costliest update';

/** Measures all depths up to one. */
export async function measureDepths(effort: Effort, deepest: number): Promise<DepthSeries[]> {
  const series = new Map<string, DepthSeries['points'][number][]>();
  for (let depth = 0; depth <= deepest; depth += 1) {
    const keep = new Keep();
    try {
      // A generation of a deep tree takes long, and is done as seldom as can be.
      const few = depth >= 10 ? { samples: 1, rounds: Math.min(effort.rounds, 3) } : {};
      const named = candidatesAt(keep, depth).map(([name, candidate]) => ({ ...candidate, name }));
      const [pair, ...measured] = await measure([bare.keyPair, ...named], { ...effort, ...few });
      for (const one of measured) {
        const point = { depth, cost: spreadOf(one.rounds), keyPairs: ratioOf(one, pair!) };
        series.set(one.name, [...(series.get(one.name) ?? []), point]);
      }
    } finally {
      keep.release();
    }
  }
  return [...series].map(([operation, points]) => ({ operation, points }));
}

function candidatesAt(keep: Keep, depth: number): [name: string, candidate: Candidate][] {
  const algorithm = sumKesOfDepth(ed25519, depth);
  return [
    ['generate', operations.generate(keep, algorithm)],
    ['sign, 256 bytes', operations.sign(keep, algorithm)],
    ['verify', operations.verify(algorithm)],
    ['directSerialise', operations.serialise(keep, algorithm)],
    ['checked read', operations.checkedRead(keep, algorithm)],
    ...(depth === 0
      ? []
      : ([
          [UPDATE, operations.costliestUpdate(keep, algorithm)],
          ['all updates', operations.allUpdates(keep, algorithm)],
        ] as [string, Candidate][])),
  ];
}

const [WIDTH, HEIGHT] = [860, 520];
const AREA = { left: 70, right: WIDTH - 28, top: 72, bottom: HEIGHT - 128 };
/** A background, so that the drawing looks the same on light and dark pages. */
const PAPER = '#fcfcfa';
const INK = '#24292f';
const FAINT = '#d8dbdf';
/** Colours that people with colour blindness can distinguish (Okabe and Ito), and red for the limit. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#f0e442', '#d55e00'];
const LIMIT = '#cf222e';

const DEEPEST = 16;
/** Drawn with dots, because they lie on another line. */
const UPON_ANOTHER = ['checked read', 'all updates'];

/** Microseconds at each depth. */
interface Line {
  readonly name: string;
  readonly points: readonly (readonly [depth: number, cost: number])[];
  readonly colour: string;
  readonly dashes: string;
}

function linesOf(series: readonly DepthSeries[]): Line[] {
  const measured = series.map(({ operation, points }, index): Line => {
    return {
      name: operation,
      points: points.map(({ depth, cost }) => [depth, cost.median]),
      colour: COLOURS[index % COLOURS.length] ?? INK,
      dashes: UPON_ANOTHER.includes(operation) ? '2 4' : '',
    };
  });
  const updates = series.find(({ operation }) => operation === UPDATE)?.points ?? [];
  const keyPair =
    updates[0] === undefined ? 0 : updates[0].cost.median / updates[0].keyPairs.median;
  const points = updates.map(({ depth }) => [depth, keyPair * 2 ** (depth - 1)] as const);
  const name = 'costliest update of other implementations';
  return [...measured, { name, points, colour: LIMIT, dashes: '8 4' }];
}

/** Microseconds as text with a unit. */
function duration(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000} s`;
  return value >= 1000 ? `${value / 1000} ms` : `${value} µs`;
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
}

function stroke(d: string, colour: string, attributes = ''): string {
  return `<path d="${d}" fill="none" stroke="${colour}" ${attributes}/>`;
}

/** The drawing: depths from left to right, and the powers of ten of microseconds upwards. */
export function drawingOf(series: readonly DepthSeries[]): string {
  const lines = linesOf(series);
  const costs = lines.flatMap(({ points }) => points.map(([, cost]) => cost));
  const [low, high] = [-1, Math.ceil(Math.log10(Math.max(10, ...costs)))];
  const x = (depth: number) => AREA.left + ((AREA.right - AREA.left) * depth) / DEEPEST;
  const y = (cost: number) =>
    AREA.bottom - ((AREA.bottom - AREA.top) * (Math.log10(cost) - low)) / (high - low);
  const scale = Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)).flatMap(
    (cost) => [
      stroke(`M${AREA.left} ${y(cost)}H${AREA.right}`, FAINT),
      text(AREA.left - 8, y(cost) + 4, duration(Number(cost.toPrecision(1))), 'text-anchor="end"'),
    ],
  );
  const depths = Array.from({ length: DEEPEST / 2 + 1 }, (_, step) =>
    text(x(2 * step), AREA.bottom + 18, String(2 * step), 'text-anchor="middle"'),
  );
  const drawn = lines.flatMap(({ name, points, colour, dashes }, index) => {
    const place = [40 + 265 * (index % 3), HEIGHT - 62 + 20 * Math.floor(index / 3)] as const;
    const path = points.map(([depth, cost]) => `${x(depth).toFixed(1)} ${y(cost).toFixed(1)}`);
    const style = `stroke-width="2" stroke-dasharray="${dashes}"`;
    return [
      ...(path.length === 0 ? [] : [stroke(`M${path.join('L')}`, colour, style)]),
      stroke(`M${place[0]} ${place[1] - 4}h24`, colour, style),
      text(place[0] + 32, place[1], name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="${INK}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${PAPER}"/>`,
    text(
      16,
      28,
      'What each operation costs, by depth of the tree',
      'font-size="16" font-weight="bold"',
    ),
    text(
      16,
      48,
      'Sum over Ed25519; the dashed line is the costliest update without kept verification keys: 2^(depth − 1) key pairs',
    ),
    ...scale,
    stroke(`M${AREA.left} ${AREA.top}V${AREA.bottom}H${AREA.right}`, INK),
    ...depths,
    text(
      (AREA.left + AREA.right) / 2,
      AREA.bottom + 40,
      'depth: 2^depth periods',
      'text-anchor="middle"',
    ),
    ...drawn,
    '</svg>',
  ].join('\n');
}

/** Writes the drawing to docs/measured. */
export function writePlot(series: readonly DepthSeries[]): void {
  writeFileSync(measuredFile('cost-by-depth.svg'), `${drawingOf(series)}\n`);
}
