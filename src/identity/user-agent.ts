/** What is looked at of a user agent, and what is kept of the reduced one. Real ones have 80 to 400 characters. */
const INPUT_CHARS_MAX = 2048;
const REDUCED_CHARS_MAX = 512;

/**
 * Two kinds of version number, between delimiters: a word that is a number (`Android 13`, `rv:109.0`, `17_2`,
 * `v2.1`), and what follows a slash if it has a digit in it (`Chrome/120.0.0.0`, `Mobile/15E148`). A word or a
 * model with letters before its digits (`Win64`, `SM-G991B`) tells devices apart and stays.
 * Each branch starts only behind a delimiter and never runs past the next, so that the time is linear.
 */
const VERSIONS = /(?<=^|[ ;:,()[\]/])[vV]?\d[\d._]*(?=$|[ ;:,()[\]/])|(?<=\/)[^ ;:,()[\]/]*\d[^ ;:,()[\]/]*/g;

/**
 * The user agent without its version numbers, so that a person whose browser or system was updated stays one
 * person. Nothing else is removed or reordered. All members of a federation must reduce alike: a change to this
 * rule is a new visitor scheme.
 */
export function reduceUserAgent(userAgent: string): string {
  return userAgent.slice(0, INPUT_CHARS_MAX).replace(VERSIONS, '').slice(0, REDUCED_CHARS_MAX);
}
