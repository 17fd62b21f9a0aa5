/** Shown in place of the chart when there is nothing to draw: the empty stream, and the hub that refuses. */

import { HUB_ADDRESS } from '../hub-address.js';
import { keptToken } from '../hub-token.js';
import { byId, setHidden, setText } from '../ui/dom.js';

export interface NoticeFacts {
  readonly stream: string;
  readonly isEmpty: boolean;
  /** Set for a stream whose model has no sentiment. */
  readonly otherModel: string | undefined;
  /** Set when the hub refuses the page. */
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
}

export class Notices {
  readonly #empty = byId('empty', HTMLElement);
  readonly #name = byId('empty-name', HTMLElement);
  readonly #detail = byId('empty-detail', HTMLElement);
  readonly #command = byId('empty-command', HTMLElement);
  readonly #copy = byId('empty-copy', HTMLButtonElement);
  readonly #token = byId('token', HTMLFormElement);
  readonly #tokenText = byId('token-text', HTMLInputElement);
  readonly #tokenTitle = byId('token-title', HTMLElement);
  readonly #tokenDetail = byId('token-detail', HTMLElement);
  readonly #tokenRow = byId('token-row', HTMLElement);

  /** `connect`: with the entered token. */
  constructor(connect: (token: string) => void) {
    this.#copy.addEventListener('click', () => void this.#copyCommand());
    this.#token.addEventListener('submit', (event) => {
      event.preventDefault();
      connect(this.#tokenText.value);
      this.#tokenText.value = '';
    });
  }

  render({ stream, isEmpty, otherModel, refusal }: NoticeFacts): void {
    setHidden(this.#empty, !isEmpty || refusal !== undefined);
    setText(this.#name, stream);
    setText(
      this.#detail,
      otherModel === undefined
        ? 'Publish a first message:'
        : `It carries ${otherModel}, which tells no positive from negative.`,
    );
    setHidden(this.#command.parentElement ?? this.#command, otherModel !== undefined);
    const body = JSON.stringify({ input: 'What a lovely day', stream });
    setText(
      this.#command,
      `curl ${HUB_ADDRESS}predict -H 'content-type: application/json'${keptToken() === undefined ? '' : ' -H "authorization: Bearer $TICKCAST_TOKEN"'} -d '${body}'`,
    );
    this.#renderRefusal(refusal);
  }

  #renderRefusal(refusal: NoticeFacts['refusal']): void {
    setHidden(this.#token, refusal === undefined);
    if (refusal === undefined) return;
    const asksToken = refusal.code === 'UNAUTHENTICATED';
    setHidden(this.#tokenRow, !asksToken);
    setText(this.#tokenTitle, asksToken ? 'This hub asks for a token' : 'The hub does not take this page');
    const again = asksToken && keptToken() !== undefined ? 'The hub did not accept that. ' : '';
    const remedy = refusal.code === 'PROTOCOL_MISMATCH' ? '. Load this page anew.' : '';
    setText(this.#tokenDetail, `${again}${refusal.message}${remedy}`);
  }

  async #copyCommand(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#command.textContent ?? '');
      setText(this.#copy, 'Copied');
    } catch {
      // Without the clipboard, as over plain HTTP, selects the text instead.
      getSelection()?.selectAllChildren(this.#command);
    }
    setTimeout(() => setText(this.#copy, 'Copy'), 2000);
  }
}
