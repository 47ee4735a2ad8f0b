/**
 * Scores what {@code prep} did to a labelled corpus: its duplicates against brute force over all pairs, its languages against the folders they came
 * from. Own code throughout: nothing here calls the packages that it judges. {@code data-prep/src/test/bench/prep-bench} fetches the corpus and
 * runs all this.
 */
package io.sparktron.prep.bench;
