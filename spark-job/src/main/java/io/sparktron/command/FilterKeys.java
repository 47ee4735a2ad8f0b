package io.sparktron.command;

import static io.sparktron.command.Readers.PREPARING;

import java.util.List;

/** What {@code prep} does to texts, and which it keeps. */
final class FilterKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<Boolean> REPAIR = TABLE.with(
            "prep.clean.repair",
            ValueType.FLAG,
            "",
            "true",
            "repairs mojibake, UTF-8 that was read as Latin-1 or Windows-1252",
            PREPARING);
    static final Key<Boolean> MASK_EMAIL =
            TABLE.with("prep.clean.mask-email", ValueType.FLAG, "", "false", "replaces e-mail addresses", PREPARING);
    static final Key<Boolean> MASK_IP =
            TABLE.with("prep.clean.mask-ip", ValueType.FLAG, "", "false", "replaces public IP addresses", PREPARING);
    static final Key<Boolean> C4_LINES = TABLE.with(
            "prep.clean.c4-lines", ValueType.FLAG, "", "false", "removes the lines that C4 removes", PREPARING);
    static final Key<List<String>> LANGUAGES = TABLE.unset(
            "prep.languages", ValueType.ANY_NAMES, "", "all", "languages to keep, by code, such as en", PREPARING);
    static final Key<List<String>> RULE_SETS = TABLE.unset(
            "prep.rule-sets",
            ValueType.ANY_NAMES,
            "",
            "none",
            "published sets of rules: gopher-quality, gopher-repetition, c4, fineweb",
            PREPARING);
    static final Key<List<String>> RULES = TABLE.with(
            "prep.rules",
            ValueType.ANY_NAMES,
            "",
            "tokens >= 128",
            "rules of the form measure >= number or measure <= number that a document must pass; the measures are columns of the ledger;"
                    + " a rule replaces that of a set for the same measure and direction",
            PREPARING);

    private FilterKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }
}
