/** The live view as lines of text for a terminal of a given size. A pure function of the tally; knows no terminal. */

import { apportion, clock, count, meanRows, milliseconds, percentages, rate } from '../../command-line/view/figures.js';
import { cutTo, fitTo, textWidth } from '../../command-line/view/text-width.js';
import { LABELS, type Label, type LabelCounts, type Scored } from '../feed-report.js';
import { noColours, type Paint } from './paint.js';
import { SHARE_SECONDS, type Tally, TREND_CELLS } from './tally.js';

export interface FrameInput {
  readonly tally: Tally;
  readonly topics: readonly string[];
  readonly url: string;
  /** The last log line of the hub or the feed, if any. */
  readonly lastLog: string;
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

const NAME_COLUMNS = 12;
/** One share, such as `  33 %`. */
const PERCENT_COLUMNS = 6;
/** Narrower frames have no trends. */
const TREND_FROM_COLUMNS = 80;
/** Lower frames have one bar for all topics. */
const TOPICS_FROM_ROWS = 20;
const TREND_STEPS = '▁▂▃▄▅▆▇█';
/** A bar's cells where colours cannot distinguish them. */
const PLAIN_CELLS: Readonly<Record<Label, string>> = { negative: '▒', neutral: '·', positive: '█' };

/** At most `rows` lines, none wider than `columns`. */
export function frame(input: FrameInput): readonly string[] {
  const { tally, topics, columns, rows } = input;
  const bars = rows < TOPICS_FROM_ROWS ? [] : topics;
  const top = [
    titleLine(input),
    watchLine(input),
    ruler(input),
    ...figureLines(input),
    '',
    barHeading(input),
    barLine(input, 'all topics', undefined),
    ...bars.map((topic) => barLine(input, topic, topic)),
    '',
    messageHeading(input),
  ];
  const bottom = [ruler(input), ...footerLines(input)];
  const space = Math.max(0, rows - top.length - bottom.length);
  const newest = tally.samples.toReversed().slice(0, space);
  const shown = newest.map((message) => messageLine(input, message));
  const filler = Array.from({ length: Math.max(0, space - shown.length) }, () => '');
  return columns < 1 ? [] : [...top, ...shown, ...filler, ...bottom].slice(0, rows);
}

function titleLine({ tally, columns, paint }: FrameInput): string {
  const good = tally.connection === 'connected';
  const right = ` ${good ? '●' : '○'} ${tally.connection}  ${clock(tally.elapsedSeconds)} `;
  const left = cutTo(
    `  ${tally.model === '' ? 'waiting for the first answer' : tally.model}`,
    columns - 10 - textWidth(right),
  );
  const gap = ' '.repeat(Math.max(0, columns - 9 - textWidth(left) - textWidth(right)));
  if (columns < 30) return paint('brand', cutTo(' TICKCAST', columns));
  return paint('brand', ' TICKCAST') + left + gap + paint(good ? 'positive' : 'alarm', right);
}

function watchLine({ url, columns, paint }: FrameInput): string {
  const words = ' Watch it live: ';
  if (columns < textWidth(words + url) + 1) return paint('strong', cutTo(` ${url}/`, columns));
  return words + paint('strong', `${url}/`);
}

function ruler({ columns, paint }: FrameInput): string {
  return paint('faint', '─'.repeat(columns));
}

/** As many figures per line as fit. */
function figureLines({ tally, columns, paint }: FrameInput): readonly string[] {
  const figures: readonly (readonly [name: string, value: string, alarm?: boolean])[] = [
    ['sent', `${count(tally.sent)}  ${rate(tally.sentRate)}`],
    ['answered', `${count(tally.answered)}  ${rate(tally.answeredRate)}`],
    ['errors', count(tally.errorCount), tally.errorCount > 0],
    ['p50', milliseconds(tally.latencyMs(0.5))],
    ['p99', milliseconds(tally.latencyMs(0.99))],
    ['mean batch', meanRows(tally.meanBatchRows)],
  ];
  const lines: { text: string; width: number }[] = [];
  for (const [name, value, alarm = false] of figures) {
    const width = textWidth(name) + 1 + textWidth(value) + 3;
    const text = `${paint('faint', name)} ${paint(alarm ? 'alarm' : 'strong', value)}   `;
    const line = lines.at(-1);
    if (line !== undefined && line.width + width <= columns) {
      line.text += text;
      line.width += width;
    } else if (width + 1 <= columns) {
      lines.push({ text: ` ${text}`, width: width + 1 });
    }
  }
  return lines.map(({ text }) => text);
}

/** Columns of a bar, and of the trend beside it (0: none). */
function barColumns(columns: number): { readonly bar: number; readonly trend: number } {
  const trend = columns < TREND_FROM_COLUMNS ? 0 : TREND_CELLS;
  const rest = columns - 1 - NAME_COLUMNS - LABELS.length * PERCENT_COLUMNS - (trend === 0 ? 0 : trend + 3) - 1;
  return { bar: Math.max(0, rest), trend };
}

function barHeading({ columns, paint }: FrameInput): string {
  const { bar, trend } = barColumns(columns);
  const legend = LABELS.map((label) => ({
    label,
    text: `${paint === noColours ? PLAIN_CELLS[label] : '■'} ${label}  `,
  }));
  const width = legend.reduce((sum, { text }) => sum + textWidth(text), 0);
  const left = ` ${fitTo(`last ${SHARE_SECONDS} s`, NAME_COLUMNS)}`;
  if (columns < NAME_COLUMNS + 1 + width) return paint('faint', cutTo(left, columns));
  const after = bar + LABELS.length * PERCENT_COLUMNS - width + 3;
  const trendTitle = trend === 0 || after < 0 ? '' : ' '.repeat(after) + fitTo('mood, last minute', trend);
  return (
    paint('faint', left) + legend.map(({ label, text }) => paint(label, text)).join('') + paint('faint', trendTitle)
  );
}

function barLine({ tally, columns, paint }: FrameInput, name: string, topic: string | undefined): string {
  const { bar, trend } = barColumns(columns);
  const title = ` ${fitTo(name, NAME_COLUMNS)}`;
  if (columns < textWidth(title) + LABELS.length * PERCENT_COLUMNS) return cutTo(title, columns);
  const counts = tally.shares(topic);
  const line =
    paint(topic === undefined ? 'strong' : 'faint', title) + barCells(counts, bar, paint) + percents(counts, paint);
  return trend === 0 ? line : `${line}   ${trendCells(tally.trend(topic), paint)}`;
}

function barCells(counts: LabelCounts, columns: number, paint: Paint): string {
  const parts = apportion(counts, columns);
  const cells = LABELS.map((label, i) =>
    paint(label, (paint === noColours ? PLAIN_CELLS[label] : '█').repeat(parts[i] ?? 0)),
  );
  const used = parts.reduce((sum, part) => sum + part, 0);
  return cells.join('') + ' '.repeat(columns - used);
}

function percents(counts: LabelCounts, paint: Paint): string {
  const shares = percentages(counts);
  return LABELS.map((label, i) => paint(label, fitTo(`${shares[i] ?? 0} %`, PERCENT_COLUMNS, 'right'))).join('');
}

function trendCells(trend: readonly (number | undefined)[], paint: Paint): string {
  const cells = trend.map((value) => {
    if (value === undefined) return ' ';
    const step = Math.min(TREND_STEPS.length - 1, Math.floor(((value + 1) / 2) * TREND_STEPS.length));
    return paint(value < -0.2 ? 'negative' : value > 0.2 ? 'positive' : 'neutral', TREND_STEPS.charAt(step));
  });
  return cells.join('');
}

function messageHeading({ tally, columns, paint }: FrameInput): string {
  const some = tally.sentRate > 5 ? ', a few of them' : '';
  return paint('faint', cutTo(` messages, newest first${some}`, columns));
}

function messageLine({ columns, paint }: FrameInput, { label, score, topic, text }: Scored): string {
  const chip = fitTo(label, 8);
  const head = ` ${chip} ${score.toFixed(2)}  ${fitTo(topic, NAME_COLUMNS)}`;
  if (columns < textWidth(head) + 10) return paint(label, cutTo(` ${label}  ${text}`, columns));
  const said = cutTo(text, columns - textWidth(head) - 1);
  return ` ${paint(label, `${chip} ${score.toFixed(2)}`)}  ${paint('faint', fitTo(topic, NAME_COLUMNS))}${said}`;
}

function footerLines({ tally, lastLog, columns, paint }: FrameInput): readonly string[] {
  const trouble =
    tally.errorCount > 0 ? [...tally.errors].map(([code, times]) => `${code} ${count(times)}`).join(', ') : '';
  const news = trouble === '' ? lastLog : `${trouble}: ${tally.errorExample}`;
  const keys =
    ' Ctrl-C ends the demo. npm run demo -- --rate 2000 makes batches grow; README.md says what else there is.';
  const lines = [paint('faint', cutTo(keys, columns))];
  if (news !== '') lines.unshift(paint('alarm', cutTo(` ${news}`, columns)));
  return lines;
}
