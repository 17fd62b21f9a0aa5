/** What `npm run feed -- --help` prints. */

export const helpText = `Publishes the lines of a file, or of any program, to a stream of a running hub: one line, one prediction.

Usage: npm run feed -- --file texts.txt [options]
       tail -f app.log | npm run --silent feed -- --file - --stream logs

  --file PATH|-         the lines, in UTF-8; - reads standard input. Required
  --url URL             the hub [http://127.0.0.1:3000]
  --stream NAME         the stream they are cast to [the file's name; stdin for -]
  --model NAME          name or name@version [the hub's default model]
  --rate N              lines a second; 0: as fast as the hub takes them [50 for a file; as they come for -]
  --loop                begins the file again at its end
  --limit N             ends after N lines
  --json FIELD          each line is a JSON object: takes this field, such as text or commit.record.text
  --token TOKEN         where the hub asks for one, with the scopes predict and publish; better by the variable
                        TICKCAST_TOKEN, which no list of processes shows
  --help                prints this

Empty lines are skipped, and with --json those without the field. A line that is longer than the hub takes is cut. All are
counted. What the hub refuses for the moment is sent again, also after a lost connection; nothing is dropped: a program that
is faster than the hub is slowed down.

Progress goes to standard error, the summary to standard output. Ctrl-C stops reading, waits up to 3 s for open answers and
prints the summary; a second one ends at once. Exit code 0: the input was read to its end and every line answered; else 1.
With standard input or --loop, Ctrl-C counts as the end.
`;
