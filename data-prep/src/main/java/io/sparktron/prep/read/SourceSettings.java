package io.sparktron.prep.read;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.List;

/**
 * One part of the corpus. The comment of each component gives its key in an element of {@code prep.sources}.
 *
 * @param name {@code name}: what reports and the ledger call it
 * @param input {@code input}: files, folders (read with all below them) or globs, of any Hadoop file system
 * @param format {@code format}: how documents lie in the files
 * @param textField {@code text-field}: the JSON field or Parquet column that holds the document
 * @param weight {@code weight}: share of the training data that it shall make up, relative to the other sources; 1 in all of them takes each as it is
 * @param priority {@code priority}: of equal documents that of the smaller number survives
 */
public record SourceSettings(
        String name, List<String> input, InputFormat format, String textField, double weight, int priority)
        implements Serializable {
    /** What a corpus of one source, given by {@code prep.input}, calls it. */
    public static final String ONLY = "corpus";

    public SourceSettings {
        input = List.copyOf(input);
        require(!name.isBlank(), "name", name, "text that is not blank");
        require(
                !input.isEmpty() && input.stream().noneMatch(String::isBlank),
                "input",
                input,
                "at least one path or glob");
        require(!textField.isBlank(), "text-field", textField, "the name of a field or column");
        require(weight > 0 && Double.isFinite(weight), "weight", weight, "a number above 0");
    }

    /** The source that {@code prep.input} names. */
    public static SourceSettings only(List<String> input, InputFormat format, String textField) {
        return new SourceSettings(ONLY, input, format, textField, 1, 0);
    }

    private static void require(boolean legal, String field, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException("prep." + field + " = " + value + "; legal: " + what);
        }
    }
}
