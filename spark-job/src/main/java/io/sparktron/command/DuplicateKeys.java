package io.sparktron.command;

import static io.sparktron.command.Readers.PREPARING;

import io.sparktron.prep.contamination.ContaminationSettings.Policy;
import io.sparktron.prep.duplicates.ShingleUnit;
import java.util.List;

/** Which documents {@code prep} drops because others, or evaluation texts, say the same. */
final class DuplicateKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<Boolean> EXACT = TABLE.with(
            "prep.duplicates.exact",
            ValueType.FLAG,
            "",
            "true",
            "drops documents whose text is that of another but for case, white space and punctuation",
            PREPARING);
    static final Key<Boolean> NEAR = TABLE.with(
            "prep.duplicates.near",
            ValueType.FLAG,
            "",
            "true",
            "drops near duplicates: found by MinHash, each verified against the document that stays",
            PREPARING);
    static final Key<Double> THRESHOLD = TABLE.with(
            "prep.duplicates.threshold",
            ValueType.NUMBER,
            "",
            "0.7",
            "Jaccard index of the shingles above which documents are near duplicates",
            PREPARING);
    static final Key<Integer> SHINGLE =
            TABLE.with("prep.duplicates.shingle", ValueType.integer(1), "units", "5", "length of a shingle", PREPARING);
    static final Key<ShingleUnit> UNIT = TABLE.with(
            "prep.duplicates.unit",
            ValueType.choice(List.of(ShingleUnit.values())),
            "",
            "words",
            "what a shingle is made of",
            PREPARING);
    static final Key<Double> RECALL = TABLE.with(
            "prep.duplicates.recall",
            ValueType.NUMBER,
            "",
            "0.97",
            "probability that a pair at the threshold is found; bands and rows are solved from it",
            PREPARING);
    static final Key<Integer> BANDS = TABLE.with(
            "prep.duplicates.bands", ValueType.integer(0), "", "0", "bands of a signature; 0 solves them", PREPARING);
    static final Key<Integer> ROWS = TABLE.with(
            "prep.duplicates.rows", ValueType.integer(0), "", "0", "hashes of a band; 0 solves them", PREPARING);
    static final Key<Integer> BUCKET_CAP = TABLE.with(
            "prep.duplicates.bucket-cap",
            ValueType.integer(2),
            "documents",
            "2000",
            "size of a bucket above which it is compared in bounded work only, and reported",
            PREPARING);
    static final Key<List<String>> EVALUATION = TABLE.unset(
            "prep.decontaminate.input",
            ValueType.PATHS,
            "",
            "none",
            "evaluation texts that the corpus must not hold: files, folders or globs",
            PREPARING);
    static final Key<Policy> POLICY = TABLE.with(
            "prep.decontaminate.policy",
            ValueType.choice(List.of(Policy.values())),
            "",
            "drop",
            "what becomes of a document that quotes one: drop it, or cut the quote out and keep the pieces",
            PREPARING);
    static final Key<Integer> NGRAM = TABLE.with(
            "prep.decontaminate.ngram",
            ValueType.integer(1),
            "words",
            "13",
            "words in a row that are a quote",
            PREPARING);
    static final Key<Integer> SHORTEST = TABLE.with(
            "prep.decontaminate.shortest",
            ValueType.integer(1),
            "words",
            "8",
            "an evaluation text of fewer words than a quote is searched as a whole if it has so many",
            PREPARING);
    static final Key<Integer> COMMON = TABLE.with(
            "prep.decontaminate.common",
            ValueType.integer(0),
            "documents",
            "10",
            "a quote in more documents than this is a common phrase, and spared; 0 spares none",
            PREPARING);
    static final Key<Integer> WINDOW = TABLE.with(
            "prep.decontaminate.window",
            ValueType.integer(0),
            "characters",
            "200",
            "cut: what goes with a quote on each side",
            PREPARING);
    static final Key<Integer> SHORTEST_PIECE = TABLE.with(
            "prep.decontaminate.shortest-piece",
            ValueType.integer(1),
            "characters",
            "200",
            "cut: shorter pieces are dropped",
            PREPARING);
    static final Key<Integer> MOST_PIECES = TABLE.with(
            "prep.decontaminate.most-pieces",
            ValueType.integer(1),
            "pieces",
            "10",
            "cut: a document of which more would be left is dropped",
            PREPARING);

    private DuplicateKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }
}
