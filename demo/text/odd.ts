/**
 * Harmless texts that careless pages get wrong: right-to-left scripts, markup, emoji of many code points. All invented.
 */

type Choices = readonly [string, ...string[]];

/** Whole messages, about nothing in particular. */
export const ODD_TEXTS: Choices = [
  'صباح الخير، اليوم جميل جدا! 😀',
  'היום היה נהדר, תודה רבה (באמת)!',
  'reads both ways: שלום and مرحبا, 3 < 4 & 5 > 2',
  'this is <b>bold</b>, this is <i>not</i>, and I love it',
  '<script>alert("hello")</script> is a strange way to say hello',
  '<img src=x onerror="alert(1)"> what a lovely picture',
  '</div></li></body> so annoying when a page ends here',
  '&lt;3 &amp; "quotes" and \'more quotes\' and `ticks` and {braces}',
  '🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉',
  '👩‍👩‍👧‍👦👍🏽🏳️‍🌈🇪🇺👨🏿‍🚀 the whole family is here',
  'Z̴̢̛a̷̡͝l̸̨̛g̵̢͠o̶̡͝ was here and it was awful',
  `${'so'.padEnd(60, 'o')} good`,
  '今日は天気がとてもいいですね、散歩に行きましょう',
];
