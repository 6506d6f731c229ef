/** Draws the costs of all depths by echarts, which makes SVG without a browser. */
import { writeFileSync } from 'node:fs';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { measuredFile } from '../places.js';
import type { DepthSeries } from '../rows/depths.js';

echarts.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const SIZE = { width: 860, height: 520 };
/** A background, so that the drawing looks the same on light and dark pages. */
const PAPER = '#fcfcfa';
const INK = '#24292f';
const FAINT = '#d8dbdf';
const LIMIT = '#cf222e';
/** Colours that people with colour blindness can distinguish (Okabe and Ito). */
const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#f0e442',
  '#d55e00',
  '#000000',
];

/** The limit has no points, so its entry in the legend has none. */
const LEGEND_LINE = 'path://M0 8h25v3H0z';

/** Drawn with dots, because they lie on another line. */
const UPON_ANOTHER = new Set(['checked read', 'all updates']);

type Point = [depth: number, value: number];

interface Line {
  readonly name: string;
  readonly data: readonly Point[];
  readonly isLimit?: boolean;
}

interface Drawing {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: string;
  readonly scale: 'log' | 'value';
  readonly lines: readonly Line[];
}

function strokeOf(name: string, isLimit: boolean): 'solid' | 'dashed' | 'dotted' {
  if (isLimit) return 'dashed';
  return UPON_ANOTHER.has(name) ? 'dotted' : 'solid';
}

function seriesOf({ name, data, isLimit = false }: Line) {
  return {
    name,
    type: 'line' as const,
    data: data as Point[],
    symbol: isLimit ? 'none' : 'circle',
    symbolSize: 5,
    lineStyle: { width: 2, type: strokeOf(name, isLimit) },
    ...(isLimit ? { itemStyle: { color: LIMIT } } : {}),
  };
}

/** Microseconds as text with a unit. */
function duration(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000} s`;
  return value >= 1000 ? `${value / 1000} ms` : `${value} µs`;
}

/** Room above the limit for points beyond it. A point outside the axis would not be drawn. */
function endOfAxis({ max }: { readonly max: number }): number {
  return Math.max(2.5, Math.ceil(max));
}

function svgOf({ title, subtitle, unit, scale, lines }: Drawing): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  const axis = {
    axisLabel: { color: INK },
    nameTextStyle: { color: INK },
    axisLine: { lineStyle: { color: INK } },
    splitLine: { lineStyle: { color: FAINT } },
  };
  try {
    chart.setOption({
      animation: false,
      backgroundColor: PAPER,
      color: COLOURS,
      textStyle: { fontFamily: 'system-ui, sans-serif' },
      title: {
        text: title,
        subtext: subtitle,
        left: 16,
        top: 12,
        textStyle: { color: INK, fontSize: 16 },
        subtextStyle: { color: INK },
      },
      legend: {
        bottom: 10,
        left: 'center',
        textStyle: { color: INK },
        itemGap: 16,
        data: lines.map(({ name, isLimit }) => (isLimit ? { name, icon: LEGEND_LINE } : { name })),
      },
      grid: { left: 70, right: 28, top: 92, bottom: 112 },
      xAxis: {
        type: 'value',
        name: 'depth: 2^depth periods',
        nameLocation: 'middle',
        nameGap: 28,
        min: 0,
        max: 16,
        interval: 2,
        ...axis,
        splitLine: { show: false },
      },
      yAxis:
        scale === 'log'
          ? { type: 'log', min: 0.1, ...axis, axisLabel: { color: INK, formatter: duration } }
          : { type: 'value', name: unit, min: 0, max: endOfAxis, ...axis },
      series: lines.map(seriesOf),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

const UPDATE = 'costliest update';

/** The target at each depth: 1.35 key pairs up to depth 6, 2 up to depth 12. */
const LIMITS: readonly Point[] = [
  [1, 1.35],
  [6, 1.35],
  [6, 2],
  [12, 2],
];

function costs(series: readonly DepthSeries[]): Drawing {
  const keyPair = keyPairOf(series);
  const others = pointsOf(series, UPDATE).map(([depth]): Point => [
    depth,
    keyPair * 2 ** (depth - 1),
  ]);
  return {
    title: 'What each operation costs, by depth of the tree',
    subtitle:
      'Sum over Ed25519; the dashed line is the costliest update without kept verification keys: 2^(depth − 1) key pairs',
    unit: '',
    scale: 'log',
    lines: [
      ...series.map(({ operation, points }) => ({
        name: operation,
        data: points.map(({ depth, cost }): Point => [depth, cost.median]),
      })),
      { name: 'costliest update of other implementations', data: others, isLimit: true },
    ],
  };
}

function updates(series: readonly DepthSeries[]): Drawing {
  return {
    title: 'The costliest update, by depth of the tree',
    subtitle: 'In bare key pairs (crypto_sign_seed_keypair), measured beside it',
    unit: 'key pairs',
    scale: 'value',
    lines: [
      { name: UPDATE, data: pointsOf(series, UPDATE) },
      { name: 'limit: 1.35 to depth 6, 2 to depth 12', data: LIMITS, isLimit: true },
    ],
  };
}

/** In key pairs. */
function pointsOf(series: readonly DepthSeries[], operation: string): Point[] {
  const points = series.find((each) => each.operation === operation)?.points ?? [];
  return points.map(({ depth, keyPairs }) => [depth, keyPairs.median]);
}

/** Microseconds of a bare key pair, measured beside the updates. */
function keyPairOf(series: readonly DepthSeries[]): number {
  const points = series.find(({ operation }) => operation === UPDATE)?.points ?? [];
  const [first] = points;
  return first === undefined ? 0 : first.cost.median / first.keyPairs.median;
}

/** The plots, by file name. */
export function drawingsOf(series: readonly DepthSeries[]): Map<string, string> {
  return new Map([
    ['cost-by-depth.svg', svgOf(costs(series))],
    ['costliest-update.svg', svgOf(updates(series))],
  ]);
}

/**
 * Writes the plots to docs/measured.
 *
 * @returns One line for the terminal.
 */
export function plot(series: readonly DepthSeries[]): string {
  const drawings = drawingsOf(series);
  for (const [name, svg] of drawings) {
    writeFileSync(measuredFile(name), `${svg}\n`);
  }
  return `docs/measured/ contains ${[...drawings.keys()].join(' and ')}`;
}
