/** The Grafana dashboard as data: its panels, their queries, its variables. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[];
  };
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../deploy/grafana/tickcast.json'), 'utf8')) as Dashboard;
}

/** Every query, with its panel. */
export function queriesOf({ panels }: Dashboard): readonly { readonly panel: string; readonly expr: string }[] {
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ panel: title, expr })));
}

/** As Grafana expands it with everything selected. */
export function fillIn(expr: string, rateInterval: string): string {
  const filled = expr
    .replaceAll('$instance', '.+')
    .replaceAll('$model', '.*')
    .replaceAll('$__rate_interval', rateInterval);
  if (filled.includes('$')) throw new Error(`a variable that the test does not know: ${filled}`);
  return filled;
}
