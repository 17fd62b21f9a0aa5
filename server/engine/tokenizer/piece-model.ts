/** What splits one piece of a text into tokens. Types only. */

export interface PieceModel {
  /** The ids of tokens as the vocabulary writes them. */
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  split(piece: string): readonly string[];
}
