/** The vocabulary of the invented messages. Every name is invented too; no person, handle, company or club is meant. */

type Choices = readonly [string, ...string[]];

/**
 * Phrases about one topic. `{name}` stands for a choice from the list of that name, of the topic or of {@link COMMON}.
 */
export interface Topic {
  readonly name: string;
  /** How much it is normally discussed, relative to the other topics. */
  readonly size: number;
  /** Noun phrases, singular. */
  readonly thing: Choices;
  readonly good: Choices;
  readonly bad: Choices;
  readonly news: Choices;
  readonly question: Choices;
  /** Without the `#`. */
  readonly tag: Choices;
  readonly emoji: Choices;
}

/** Lists available to every topic. */
export const COMMON = {
  opening: ['honestly', 'ok', 'well', 'not going to lie', 'update', 'right', 'just saying', 'so', 'wow', 'in short'],
  when: ['today', 'this morning', 'tonight', 'again', 'this week', 'right now', 'since Monday', 'lately', 'all day'],
  very: ['so', 'really', 'very', 'absolutely', 'just', 'surprisingly', 'truly'],
  great: ['great', 'brilliant', 'lovely', 'amazing', 'wonderful', 'perfect', 'fantastic', 'good', 'excellent'],
  awful: ['awful', 'terrible', 'horrible', 'disappointing', 'annoying', 'rubbish', 'bad', 'dreadful', 'useless'],
  notBad: ['not bad at all', 'not disappointed', 'nothing to complain about', 'never been better', 'no regrets'],
  notGood: ['not good', 'not happy', 'never again', 'not worth it', 'not what I hoped for', 'no fun at all'],
  love: ['love', 'really like', 'am so happy with', 'can’t get enough of', 'enjoy', 'am impressed by'],
  hate: ['hate', 'can’t stand', 'am so tired of', 'am fed up with', 'don’t like', 'am disappointed by'],
  thanks: ['thank you', 'well done', 'made my day', 'so happy', 'more of this please', 'best in ages', 'big smile'],
  sigh: [
    'what a mess',
    'so annoyed',
    'ruined my day',
    'worst in ages',
    'why do I bother',
    'give me a break',
    'I give up',
  ],
  but: ['but', 'yet'],
  clock: ['7:42', '8:15', '9:30', '12:05', '14:20', '17:50', '18:35', '21:10'],
  count: ['two', 'three', 'four', 'five', 'six', 'ten', 'a dozen', 'twenty'],
} as const satisfies Readonly<Record<string, Choices>>;

export const GLAD: Choices = ['😀', '😍', '🎉', '👍', '🥰', '😂', '🙌', '💚'];
export const CROSS: Choices = ['😡', '😭', '👎', '😤', '🙄', '😩', '💔', '😞'];

export const TOPICS: readonly [Topic, ...Topic[]] = [
  {
    name: 'coffee',
    size: 1,
    thing: ['the new roast', 'my flat white', 'the espresso', 'the corner café', 'this filter coffee', 'the oat latte'],
    good: [
      'tastes {very} {great}',
      'is the best part of my day',
      'smells {great}',
      'saved my morning',
      'is worth every penny',
    ],
    bad: [
      'tastes burnt',
      'was cold and bitter',
      'is {very} {awful}',
      'costs too much',
      'took {count} minutes and was wrong',
    ],
    news: [
      'The corner café opens at {clock} from Monday',
      'The roastery sells bags of {count} now',
      'Coffee prices are published on Friday',
      'The barista course has {count} places',
    ],
    question: [
      'Which beans do you use for filter coffee',
      'Does anyone know a café that opens at {clock}',
      'How many cups do you have {when}',
      'Is there a grinder for under {count} pounds',
    ],
    tag: ['coffee', 'flatwhite', 'morning', 'barista'],
    emoji: ['☕', '🥐', '🍪', '🍩'],
  },
  {
    name: 'trains',
    size: 1.6,
    thing: [
      'the {clock} train',
      'line 4',
      'the night train',
      'the replacement bus',
      'the express',
      'the ticket machine',
    ],
    good: [
      'was on time',
      'is {very} {great} {when}',
      'was quiet and clean',
      'got me home early',
      'had a seat for everyone',
    ],
    bad: [
      'is cancelled {when}',
      'is late again',
      'was packed and filthy',
      'is {very} {awful}',
      'broke down for {count} hours',
    ],
    news: [
      'The {clock} leaves from platform {count} {when}',
      'Line 4 runs every {count} minutes on Sunday',
      'The new timetable starts on Monday',
      'The station gets {count} new lifts',
    ],
    question: [
      'Does the {clock} stop at the harbour',
      'Which platform for line 4',
      'Is there a bus instead of the {clock}',
      'How long is the journey {when}',
    ],
    tag: ['trains', 'commute', 'line4', 'delays'],
    emoji: ['🚆', '🚉', '🎫', '🚋'],
  },
  {
    name: 'phones',
    size: 0.8,
    thing: ['the Orbit 7', 'the battery', 'the new camera', 'this screen', 'my old Orbit 5', 'the fold-out model'],
    good: [
      'lasts {count} days',
      'takes {very} {great} pictures',
      'is {very} {great}',
      'feels {great} in the hand',
      'is so fast now',
    ],
    bad: [
      'dies after {count} hours',
      'cracked on day {count}',
      'is {very} {awful}',
      'gets far too hot',
      'keeps freezing {when}',
    ],
    news: [
      'The Orbit 7 comes in {count} colours',
      'The shop opens at {clock} for the launch',
      'The Orbit 7 weighs 180 grams',
      'Trade-in runs until Friday',
    ],
    question: [
      'Has anyone compared the Orbit 7 and the Orbit 5',
      'How do you move {count} thousand pictures',
      'Does the case fit the old model',
      'When does the Orbit 7 ship',
    ],
    tag: ['phones', 'orbit7', 'battery', 'unboxing'],
    emoji: ['📱', '🔋', '📸', '🔌'],
  },
  {
    name: 'weather',
    size: 1.2,
    thing: ['this sunshine', 'the wind', 'the rain', 'the first snow', 'this heat', 'the evening sky'],
    good: [
      'is {very} {great} {when}',
      'makes me so happy',
      'is perfect for a long walk',
      'was worth getting up for',
      'looks {great} over the bay',
    ],
    bad: [
      'is {very} {awful} {when}',
      'ruined the picnic',
      'soaked all {count} of us',
      'makes me miserable',
      'broke my umbrella',
    ],
    news: [
      'Rain from {clock}, dry by evening',
      'Highs of 18 degrees {when}',
      'Wind from the west, {count} on the scale',
      'The forecast is out at {clock}',
    ],
    question: [
      'Will it rain after {clock}',
      'Is the beach open {when}',
      'How warm is it by the bay',
      'Do I need a coat {when}',
    ],
    tag: ['weather', 'sunshine', 'storm', 'forecast'],
    emoji: ['🌈', '🌞', '⚡', '🌊'],
  },
  {
    name: 'football',
    size: 2,
    thing: ['the second half', 'our defence', 'that goal', 'the new keeper', 'the referee', 'Harbour Rovers'],
    good: [
      'was {very} {great}',
      'won it for us',
      'is a joy to watch',
      'deserves all the praise',
      'made the whole stand sing',
    ],
    bad: [
      'was {very} {awful}',
      'cost us the match',
      'is a joke {when}',
      'was painful to watch',
      'let in {count} goals',
    ],
    news: [
      'Harbour Rovers play at {clock} on Saturday',
      'Tickets for the cup go on sale at {clock}',
      'Harbour Rovers train at {clock} {when}',
      'Half time, one all',
    ],
    question: [
      'Who is in goal on Saturday',
      'What time is kick-off {when}',
      'Are there still {count} seats together',
      'Which bus goes to the ground',
    ],
    tag: ['rovers', 'matchday', 'cup', 'football'],
    emoji: ['⚽', '🏆', '🥅', '📣'],
  },
  {
    name: 'app update',
    size: 0.7,
    thing: ['the new version', 'the update', 'dark mode', 'the sync', 'the redesign', 'the search'],
    good: [
      'works {very} well',
      'is {very} {great}',
      'fixed everything I asked for',
      'is so much faster',
      'saves me {count} taps',
    ],
    bad: [
      'crashes {when}',
      'deleted my notes',
      'is {very} {awful}',
      'drains the battery',
      'logs me out {count} times a day',
    ],
    news: [
      'Version {count} is out {when}',
      'The servers restart at {clock}',
      'The beta has {count} new languages',
      'The changelog lists {count} fixes',
    ],
    question: [
      'How do I turn off the {count} notifications',
      'Does the sync work offline',
      'When is the update out for tablets',
      'Where did the {count} buttons go',
    ],
    tag: ['update', 'beta', 'darkmode', 'bug'],
    emoji: ['💻', '🐛', '🚀', '🔄'],
  },
];
