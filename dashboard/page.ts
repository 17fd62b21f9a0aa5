/** The page as a whole: connects the feed, the history, the view and the panels. Decides no layout. */

import { ChartStage } from './charts/chart-stage.js';
import { NowColumn } from './charts/now-column.js';
import { ShareTable } from './charts/share-table.js';
import { Tokens } from './charts/tokens.js';
import { COARSE_MS, FINE_MS, History } from './data/history.js';
import { isSentiment } from './data/sentiment.js';
import { type RangeName, View } from './data/view.js';
import { factsOf } from './facts.js';
import { Feed } from './feed.js';
import type { HubClient } from './hub-client.js';
import { bindKeys } from './keys.js';
import { keepLink, readLink } from './link.js';
import { isStale, linkText, type PageState, pageState } from './page-state.js';
import { Figures } from './panels/figures.js';
import { Header } from './panels/header.js';
import { HubPanel } from './panels/hub-panel.js';
import { MessageList } from './panels/message-list.js';
import { MoodPanel } from './panels/mood-panel.js';
import { Notices } from './panels/notices.js';
import { StatusLine } from './panels/status-line.js';
import { Tabs } from './panels/tabs.js';
import { TryIt } from './panels/try-it.js';
import { Announcer } from './ui/announcer.js';
import { byId, setData, setHidden, setText } from './ui/dom.js';
import { span } from './ui/format.js';
import { Theme } from './ui/theme.js';

/** Minimum interval between updates of numbers, in milliseconds. */
const RENDER_MS = 250;
/** The stream of an empty hub. */
const FIRST_STREAM = 'live';

export class Page {
  readonly #feed: Feed;
  readonly #history = new History();
  readonly #view = new View();
  readonly #figures = new Figures(this.#history, this.#view);
  readonly #stage: ChartStage;
  readonly #table: ShareTable;
  readonly #header: Header;
  readonly #tabs: Tabs;
  readonly #tryIt: TryIt;
  readonly #notices: Notices;
  readonly #mood = new MoodPanel();
  readonly #now = new NowColumn();
  readonly #list = new MessageList();
  readonly #hub = new HubPanel();
  readonly #status = new StatusLine();
  readonly #announcer = new Announcer();
  readonly #pill = byId('back-to-live', HTMLButtonElement);
  /** False while the stream is only an empty hub's suggestion. */
  #isChosen = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `reconnect`: reopens the page's connection, with a token. */
  constructor(client: HubClient, reconnect: (token: string) => void) {
    this.#feed = new Feed(client, {
      frame: ({ windows, skipped }) => {
        this.#history.append(windows, skipped);
        const samples = windows.flatMap((window) => window.samples ?? []);
        if (this.#view.mode !== 'paused') this.#list.arrive(samples);
        this.#stage.invalidate();
      },
      gap: ({ reason, missed }) => this.#history.notice({ reason, missed }),
      past: (windows, windowMs) => {
        this.#history.merge(windows, windowMs);
        this.#stage.invalidate();
        this.#render();
      },
      status: ({ streams }) => this.#chooseStream(streams),
      hello: () => void this.#askPast(),
      changed: () => this.#render(),
    });
    const tokens = new Tokens(byId('probe', HTMLElement));
    const moved = (): void => this.#viewChanged();
    this.#stage = new ChartStage({
      history: this.#history,
      view: this.#view,
      tokens,
      now: () => this.#feed.hubNow,
      moved,
    });
    this.#table = new ShareTable(() => this.#stage.ring);
    const theme = new Theme(() => this.#stage.recolour());
    tokens.read();
    this.#tabs = new Tabs(() => this.#stage.invalidate());
    this.#tryIt = new TryIt(client);
    this.#notices = new Notices(reconnect);
    this.#header = new Header({
      stream: (name) => this.#follow(name),
      range: (name) => this.#chooseRange(name),
      pause: () => this.#togglePause(),
      action: () => (this.#feed.ending === undefined ? this.#feed.retryNow() : this.#feed.resume()),
    });
    this.#pill.addEventListener('click', () => this.#goLive());
    bindKeys({
      pause: () => this.#togglePause(),
      live: () => this.#goLive(),
      range: (name) => this.#chooseRange(name),
      zoom: (factor) => {
        this.#view.zoomBy(factor, this.#stage.edge, this.#history.oldest);
        this.#viewChanged();
      },
      cursor: (steps) => this.#stage.step(steps),
      stream: () => this.#header.openStreams(),
      tryIt: () => {
        this.#tabs.open('try');
        this.#tryIt.focus();
      },
      newest: () => {
        this.#tabs.open('live');
        this.#list.focus();
      },
      theme: () => theme.toggle(),
      escape: () => {
        this.#stage.clearCursor();
        this.#table.close();
      },
    });
    document.addEventListener('visibilitychange', () => this.#onVisibility());
  }

  /** Reads the link and starts. */
  open(): void {
    const { stream, range } = readLink();
    if (range !== undefined) this.#view.choose(range);
    this.#header.range(this.#view.range);
    if (stream !== undefined) this.#follow(stream);
    this.#timer = setInterval(() => this.#render(), RENDER_MS);
    this.#stage.start();
    this.#render();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stage.close();
    this.#feed.close();
  }

  #chooseStream(streams: readonly { readonly stream: string; readonly rate: number }[]): void {
    if (this.#isChosen) return;
    const busiest = streams.reduce<(typeof streams)[number] | undefined>(
      (best, next) => (best === undefined || next.rate > best.rate ? next : best),
      undefined,
    );
    if (busiest !== undefined) this.#follow(busiest.stream);
    else if (this.#feed.stream === undefined) this.#feed.follow(FIRST_STREAM);
  }

  #follow(stream: string): void {
    this.#isChosen = true;
    if (stream === this.#feed.stream) return;
    this.#history.clear();
    this.#list.clear();
    this.#view.live();
    this.#feed.follow(stream);
    keepLink(this.#feed.stream, this.#view.range);
    void this.#askPast();
    this.#viewChanged();
  }

  #chooseRange(name: RangeName): void {
    this.#view.choose(name);
    this.#header.range(name);
    keepLink(this.#feed.stream, this.#view.range);
    if (this.#view.span > 300_000) void this.#askPast();
    this.#viewChanged();
  }

  async #askPast(): Promise<void> {
    if (this.#feed.connection.state !== 'connected') return;
    await this.#feed.askPast(COARSE_MS);
    await this.#feed.askPast(FINE_MS);
  }

  #togglePause(): void {
    if (this.#view.mode === 'paused') this.#view.live();
    else this.#view.pause(this.#stage.edge);
    this.#viewChanged();
  }

  #goLive(): void {
    this.#view.live();
    this.#viewChanged();
  }

  #viewChanged(): void {
    this.#stage.invalidate();
    this.#render();
  }

  #onVisibility(): void {
    if (document.hidden) {
      this.#feed.hide();
      this.#stage.stop();
    } else {
      // What was left out while the page was hidden.
      void this.#askPast();
      this.#stage.invalidate();
    }
    this.#render();
  }

  #render(): void {
    const now = this.#feed.hubNow;
    const stretch = this.#stage.stretch;
    const facts = factsOf(this.#feed, this.#history.newest, this.#view.mode, this.#figures.newer(stretch, now));
    const state = pageState(facts);
    const stale = isStale(state);
    const figures = this.#figures.of(stretch, now, stale, this.#feed.freshness);
    const stream = this.#feed.stream ?? '';
    document.title =
      document.hidden && figures.points !== ''
        ? `${figures.points} ${stream}`
        : `${stream || 'Tickcast'} · Tickcast`.replace('Tickcast · ', '');
    if (document.hidden) return;

    const { newest } = this.#history;
    const ageMs = newest === undefined ? 0 : now - newest;
    setData(document.documentElement, 'state', state);
    setText(
      byId('title', HTMLElement),
      stream === '' ? 'Tickcast: live sentiment' : `Tickcast: live sentiment of ${stream}`,
    );
    this.#header.streams(this.#feed.status?.streams ?? [], this.#feed.stream, stale);
    this.#header.link(linkText(state, facts));
    this.#header.paused(this.#view.mode === 'paused');
    this.#mood.render(figures.panel);
    this.#now.render(figures.panel.mood, this.#stage.plotHeight);
    setText(byId('strip-rate', HTMLElement), figures.rateText);
    this.#list.render({
      now,
      ratePerSecond: figures.panel.ratePerSecond,
      staleMs: stale ? ageMs : undefined,
      paused: this.#view.mode === 'paused',
    });
    const { status } = this.#feed;
    const hubAge = status === undefined ? 0 : now - status.at;
    const isAway = this.#feed.connection.state !== 'connected';
    this.#hub.render(status, this.#feed.networkUs, isAway && status !== undefined ? hubAge : undefined);
    this.#status.render(this.#feed, this.#history.gaps.all.length, state === 'reconnecting' ? hubAge : undefined);
    this.#tryIt.connected(!isAway);
    this.#renderNotices(state, stream);
    const isBack = this.#view.mode === 'zoomed';
    setHidden(this.#pill, !isBack);
    if (isBack) setText(this.#pill, `${span(now - stretch.to)} ago, return to live`);
    this.#stage.refresh();
    this.#announce(state, linkText(state, { ...facts, retryInMs: 0 }).word, figures.sentence(stream));
  }

  #renderNotices(state: PageState, stream: string): void {
    const { labels, model, connection } = this.#feed;
    const { error } = connection;
    this.#notices.render({
      stream,
      isEmpty: state === 'empty',
      otherModel: labels !== undefined && !isSentiment(labels) ? model : undefined,
      // While it goes on trying, an error says that the page itself is of another version.
      refusal:
        state === 'failed' || error !== undefined
          ? { code: error?.code ?? 'INTERNAL', message: error?.message ?? connection.reason }
          : undefined,
    });
  }

  #announce(state: PageState, word: string, sentence: string): void {
    this.#announcer.state(state === 'zoomed' ? 'Live' : word);
    if (this.#history.newest !== undefined && this.#announcer.summary(sentence, performance.now()))
      this.#stage.describe(sentence);
  }
}
