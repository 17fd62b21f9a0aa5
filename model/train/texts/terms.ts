/** The terms of each set, as stated by its source: for the model card. */

const TWEETEVAL =
  'TweetEval: "released without any restrictions but restrictions may apply to individual tasks or Twitter"';
const VADER = 'MIT (Hutto and Gilbert 2014)';
const CROWDFLOWER = 'CrowdFlower "Data for Everyone", offered for free use; the copy carries no licence file';

export const TERMS: Readonly<Record<string, string>> = {
  'SemEval 2013-2016': `SemEval-2017 task 4 A (Rosenthal, Farra and Nakov 2017): for research, texts remain their authors'. As gathered by ${TWEETEVAL} (Barbieri et al. 2020)`,
  'Tweet Sentiment Extraction':
    'CC BY 4.0 as generally reported (Kaggle 2020, Figure Eight); the copy carries no licence file',
  'Sentiment140 (a sample)': 'no explicit licence; free for academic use as published (Go, Bhayani and Huang 2009)',
  GoEmotions: 'Apache-2.0 / CC BY 4.0 (Demszky et al. 2020)',
  'VADER tweets': VADER,
  'VADER products': VADER,
  'VADER films': VADER,
  'VADER news': VADER,
  'TweetEval emoji': TWEETEVAL,
  'TweetEval emotion': TWEETEVAL,
  'TweetEval irony': TWEETEVAL,
  'TweetEval offensive': TWEETEVAL,
  'CrowdFlower brands': CROWDFLOWER,
  'CrowdFlower emotion': CROWDFLOWER,
  'Twitter entities': 'CC0 as stated on Kaggle',
};
