package io.sparktron.prep.quality;

import org.apache.spark.sql.Column;

/** What a document must fulfil. Its columns are expressions over a row of the table of measures. */
public sealed interface Rule permits MeasureRule, LanguageRule {
    /** The rule as a configuration would write it, such as {@code tokens >= 128}: its name in the ledger. */
    String text();

    /** Where it comes from: the name of a rule set, or the key {@code prep.rules} or {@code prep.languages}. */
    String set();

    /** Whether a document fails it; never null. */
    Column fails();

    /** The measured value. */
    Column valueColumn();

    /** What the value is held against; null where that is no number. */
    Column thresholdColumn();
}
