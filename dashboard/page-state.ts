/** The state of the page, and what the header says about it. Knows no DOM. */

import type { ViewMode } from './data/view.js';
import { behind, span, whole } from './ui/format.js';

export type PageState =
  | 'connecting'
  | 'empty'
  | 'live'
  | 'paused'
  | 'zoomed'
  | 'reconnecting'
  | 'slow'
  | 'slowed'
  | 'ended'
  | 'draining'
  | 'failed';

/** What the state is derived from. Durations are milliseconds from now. */
export interface Facts {
  readonly connection: 'connecting' | 'connected' | 'reconnecting' | 'closed' | 'failed';
  readonly attempts: number;
  readonly retryInMs: number | undefined;
  readonly subscribed: 'connecting' | 'waiting' | 'live' | 'ended';
  readonly endedCode: string | undefined;
  readonly hasData: boolean;
  readonly isSentiment: boolean;
  readonly drainsInMs: number | undefined;
  readonly slowedAgoMs: number | undefined;
  readonly view: ViewMode;
  readonly newer: number;
  readonly behindMs: number | undefined;
  /** Since the page was opened. */
  readonly sinceMs: number;
}

/** The header's word, its detail, and the available action. */
export interface LinkText {
  readonly word: string;
  readonly detail: string;
  readonly action: '' | 'Retry now' | 'Resume';
}

/** How long a tab counts as slow after windows were left out, in milliseconds. */
const SLOWED_MS = 5000;
/** Connecting is not mentioned before this, in milliseconds. */
const QUIET_MS = 2000;

export function pageState(facts: Facts): PageState {
  const { connection, subscribed, endedCode, hasData, view } = facts;
  if (connection === 'failed' || connection === 'closed') return 'failed';
  if (subscribed === 'ended') return endedCode === 'SLOW_VIEWER' ? 'slow' : 'ended';
  if (connection === 'reconnecting') return 'reconnecting';
  if (connection === 'connecting') return 'connecting';
  if (!facts.isSentiment) return 'empty';
  if (!hasData) return subscribed === 'connecting' ? 'connecting' : 'empty';
  if (facts.drainsInMs !== undefined) return 'draining';
  if (view !== 'live') return view;
  if (facts.slowedAgoMs !== undefined && facts.slowedAgoMs < SLOWED_MS) return 'slowed';
  return 'live';
}

export function linkText(state: PageState, facts: Facts): LinkText {
  const { behindMs, newer, attempts, retryInMs = 0, drainsInMs = 0 } = facts;
  const age = behindMs === undefined ? '' : `${behind(behindMs)} behind`;
  switch (state) {
    case 'connecting':
      return { word: facts.sinceMs < QUIET_MS ? '' : 'Connecting', detail: '', action: '' };
    case 'empty':
      return { word: 'Connected', detail: facts.isSentiment ? 'nothing yet' : '', action: '' };
    case 'live':
      return { word: 'Live', detail: age, action: '' };
    case 'paused':
      return { word: 'Paused', detail: `${whole(newer)} newer`, action: '' };
    case 'zoomed':
      return { word: 'Looking back', detail: age, action: '' };
    case 'reconnecting': {
      const seconds = Math.ceil(retryInMs / 1000);
      const word = seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting';
      return { word, detail: attempts > 0 ? `try ${attempts}` : '', action: 'Retry now' };
    }
    case 'slow':
      return { word: 'Disconnected as too slow', detail: '', action: 'Resume' };
    case 'slowed':
      return { word: 'This tab is slow', detail: '1 update a second', action: '' };
    case 'ended':
      return { word: 'The hub ended this view', detail: '', action: 'Resume' };
    case 'draining':
      return { word: 'Hub is restarting', detail: `moving in ${span(Math.max(0, drainsInMs))}`, action: '' };
    case 'failed':
      return { word: 'Not connected', detail: '', action: '' };
  }
}

/** True while the page shows old data. */
export function isStale(state: PageState): boolean {
  return state === 'reconnecting' || state === 'slow' || state === 'ended' || state === 'failed';
}
