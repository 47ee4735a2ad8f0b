/**
 * What is measured of every document, and the rules that drop some: quality and repetition as Gopher, C4 and FineWeb measure them, the language, and the fold that finds exact duplicates.
 * All values are stored ({@link io.sparktron.prep.quality.QualityMeasures}), thresholds come later ({@link io.sparktron.prep.quality.FilteredDocuments}), so another threshold needs no text.
 *
 * <p>Terms, on which every {@link io.sparktron.prep.quality.Measure} rests:
 * <ul>
 *   <li>A <b>character</b> is a Unicode code point. White space is what Unicode calls so, no-break spaces among it.
 *   <li>A <b>word</b> is a run of characters without white space, punctuation included. In scripts without spaces, each Han character and each kana is a word, with the punctuation
 *       that follows it. Thai, Lao, Khmer and Burmese are cut at their spaces only, so that a word there is a phrase. Words are equal if they are so to the letter.
 *   <li>A <b>line</b> ends with a line feed; white space at its ends is no part of it, and blank lines do not count. A <b>paragraph</b> is a run of lines without a blank one between them.
 *   <li>A <b>sentence</b> ends with {@code . ! ?} or their like in other scripts before white space or the end of the text, quotation marks and brackets between them allowed; East Asian
 *       marks need no white space. An ellipsis ends none.
 *   <li>A <b>duplicate</b> is a line, paragraph or n-gram that equals an earlier one of the same text: the first is none. Characters in several n-grams that overlap count once. The <b>most frequent n-gram</b>
 *       is one that occurs twice at least; of several the one with the most characters. N-grams are those of the first 2,097,152 words (10 MB of English), so that no text takes more than some 150 MB.
 * </ul>
 *
 * <p>Accuracy of {@link io.sparktron.prep.quality.LanguageIdentifier}, measured on two packages of Debian 12 whose folders say the language, with pages of XML and HTML as plain text and paragraphs that nobody translated
 * left out: {@code installation-guide-amd64} (19 languages), on which its constants were chosen, and {@code gnome-user-docs} (37 languages; Serbian in Latin letters not among them, which counts as Croatian). In per cent:
 *
 * <pre>
 *   characters          100    300    1000   whole pages
 *   installation guide  96.6   99.7   100.0  99.81 of 1,581
 *   GNOME's help        97.1   99.2   99.7   99.51 of 7,707
 * </pre>
 *
 * What is left are neighbours: Indonesian taken for Malay, Serbian for Macedonian, Galician for Spanish. The language detector whose profiles it uses has 96.8, 99.0, 99.7 and 99.38 on GNOME's help, at a fifth of the speed, and
 * differs from run to run unless seeded. A language without a profile is taken for its neighbour (Assamese for Bengali).
 */
package io.sparktron.prep.quality;
