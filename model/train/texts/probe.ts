/**
 * Forty invented sentences of eight kinds, to test a model's understanding beyond a file of tweets. Written before the
 * first training of version 2 and unchanged since: a probe that follows the model measures nothing. Never trained on.
 */

export type ProbeKind =
  | 'negation'
  | 'emoji'
  | 'capitals'
  | 'elongation'
  | 'plain news'
  | 'questions'
  | 'mixed feelings'
  | 'sarcasm';

export interface ProbeSentence {
  readonly kind: ProbeKind;
  /** 0 negative, 1 neutral, 2 positive. */
  readonly label: 0 | 1 | 2;
  readonly text: string;
}

const NEGATIVE = 0;
const NEUTRAL = 1;
const POSITIVE = 2;

export const PROBE: readonly ProbeSentence[] = [
  { kind: 'negation', label: NEGATIVE, text: 'I am not happy with how they handled my refund' },
  { kind: 'negation', label: NEGATIVE, text: "This isn't good at all, I expected much more" },
  { kind: 'negation', label: POSITIVE, text: 'Not bad at all, the new menu is really nice' },
  { kind: 'negation', label: NEGATIVE, text: "I don't like the new design" },
  { kind: 'negation', label: POSITIVE, text: "Can't stop smiling since I heard the news" },
  { kind: 'negation', label: NEGATIVE, text: 'Nobody helped us and nothing worked' },
  { kind: 'emoji', label: POSITIVE, text: 'just landed in Lisbon 😍☀️' },
  { kind: 'emoji', label: NEGATIVE, text: 'third day without hot water 😡' },
  { kind: 'emoji', label: NEGATIVE, text: 'and it is raining again 😭😭' },
  { kind: 'emoji', label: POSITIVE, text: 'you two 😂❤️' },
  { kind: 'emoji', label: POSITIVE, text: 'exam results are in 🎉🎉🎉' },
  { kind: 'emoji', label: NEGATIVE, text: 'my phone died on the way home 😩' },
  { kind: 'capitals', label: POSITIVE, text: 'BEST CONCERT OF MY LIFE' },
  { kind: 'capitals', label: NEGATIVE, text: 'WORST CUSTOMER SERVICE EVER' },
  { kind: 'capitals', label: POSITIVE, text: 'I LOVE THIS SONG SO MUCH' },
  { kind: 'capitals', label: NEGATIVE, text: 'STOP CALLING ME AT SIX IN THE MORNING, I HATE IT' },
  { kind: 'capitals', label: POSITIVE, text: 'WE WON!!! SO PROUD OF THIS TEAM' },
  { kind: 'elongation', label: POSITIVE, text: 'sooooo excited for tomorrow' },
  { kind: 'elongation', label: NEGATIVE, text: 'this meeting is sooo boringgg' },
  { kind: 'elongation', label: POSITIVE, text: 'thank youuuu, this made my day' },
  { kind: 'elongation', label: NEGATIVE, text: 'nooooo why did they cancel it' },
  { kind: 'elongation', label: POSITIVE, text: 'that cake was amaaaazing' },
  { kind: 'plain news', label: NEUTRAL, text: 'The council meets on Thursday to vote on the new bus lanes' },
  { kind: 'plain news', label: NEUTRAL, text: 'The museum opens its spring exhibition on March 4' },
  { kind: 'plain news', label: NEUTRAL, text: 'Parliament returns on Monday after the summer break' },
  { kind: 'plain news', label: NEUTRAL, text: 'The company moved its head office from Leeds to Manchester in 2014' },
  { kind: 'plain news', label: NEUTRAL, text: 'The 5 pm train to York leaves from platform 3' },
  { kind: 'plain news', label: NEUTRAL, text: 'The second season starts on Friday at 9 pm' },
  { kind: 'questions', label: NEUTRAL, text: 'Does anyone know when the library opens on Sunday?' },
  { kind: 'questions', label: NEUTRAL, text: 'What time does the match start tonight?' },
  { kind: 'questions', label: NEUTRAL, text: 'Which bus goes from the station to the airport?' },
  { kind: 'questions', label: NEGATIVE, text: 'Why is this website so slow and broken?' },
  { kind: 'questions', label: POSITIVE, text: 'How beautiful is this view?!' },
  {
    kind: 'mixed feelings',
    label: POSITIVE,
    text: 'The queue was long, but the show was wonderful and I would go again',
  },
  {
    kind: 'mixed feelings',
    label: NEGATIVE,
    text: 'Nice room, but the noise kept us awake all night and we will never come back',
  },
  { kind: 'mixed feelings', label: POSITIVE, text: 'Tired and my feet hurt, but what a great day' },
  { kind: 'mixed feelings', label: NEGATIVE, text: 'The first half was fun, the rest was a terrible disappointment' },
  { kind: 'sarcasm', label: NEGATIVE, text: 'Oh great, another delay. Thanks for nothing' },
  { kind: 'sarcasm', label: NEGATIVE, text: 'Wow, the app crashed again, what a surprise' },
  { kind: 'sarcasm', label: NEGATIVE, text: 'Love it when my train is cancelled and nobody tells us' },
];
