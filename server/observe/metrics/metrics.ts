/** The text of `/metrics`: prom-client's format over the metric table. Nothing is computed before a scrape. */

import { type Metric as PromMetric, Registry } from 'prom-client';
import { Histogram } from '../../../shared/time/histogram.js';
import type { Metric, MetricSources, Sample } from './metric.js';
import { processMetrics } from './process-metrics.js';
import { METRIC_GROUPS } from './table.js';

export class Metrics {
  readonly registry = new Registry();
  readonly contentType = this.registry.contentType;

  constructor(sources: MetricSources) {
    for (const { metrics } of METRIC_GROUPS)
      for (const metric of metrics) {
        // prom-client's types demand its own classes; all it uses of a metric is a name, and get() on each scrape.
        this.registry.registerMetric(new ReadMetric(metric, sources) as unknown as PromMetric);
      }
  }

  async text(): Promise<string> {
    const [own, ofProcess] = await Promise.all([this.registry.metrics(), processMetrics().metrics()]);
    return `${own}\n${ofProcess}`;
  }
}

/** One line of the text. */
interface PromSample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** A metric in prom-client's form: read from its sources, without state. */
class ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator = 'sum';
  readonly #metric: Metric;
  readonly #sources: MetricSources;

  constructor(metric: Metric, sources: MetricSources) {
    this.name = metric.name;
    this.help = metric.help;
    this.type = metric.type;
    this.#metric = metric;
    this.#sources = sources;
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values: PromSample[] = [];
    for (const sample of await this.#metric.read(this.#sources)) values.push(...this.#lines(sample));
    return { name, help, type, aggregator, values };
  }

  #lines({ labels, value }: Sample): readonly PromSample[] {
    if (!(value instanceof Histogram)) return [{ labels, value }];
    const { name, divisor = 1 } = this.#metric;
    const { bounds } = value.buckets;
    const counts = value.cumulative();
    const lines = counts.map((count, index): PromSample => {
      const bound = bounds[index];
      const le = bound === undefined ? '+Inf' : bound / divisor;
      return { labels: { ...labels, le }, value: count, metricName: `${name}_bucket` };
    });
    return [
      ...lines,
      { labels, value: value.sum / divisor, metricName: `${name}_sum` },
      { labels, value: counts.at(-1) ?? 0, metricName: `${name}_count` },
    ];
  }
}
