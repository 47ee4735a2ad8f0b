package io.sparktron.prep.read;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One part of the corpus. The comment of each component gives its key in an element of {@code prep.sources}; the source that {@code prep.input}
 * names has {@code prep.format} and {@code prep.text-field} only.
 *
 * @param name {@code name}: what reports and the ledger call it, in letters, digits, dots, dashes and underscores
 * @param input {@code input}: files, folders (read with all below them) or globs, of any Hadoop file system
 * @param format {@code format}: how documents lie in the files
 * @param textField {@code text-field}: the JSON field or Parquet column that holds the document
 * @param weight {@code weight}: share of the training split's tokens that it shall make up, relative to the other sources; null in all of them = every document once
 * @param priority {@code priority}: of equal documents that of the smaller number survives
 */
public record SourceSettings(
        String name, List<String> input, InputFormat format, String textField, Double weight, int priority)
        implements Serializable {
    /** What a corpus of one source, given by {@code prep.input}, calls it. */
    public static final String ONLY = "corpus";

    public static final InputFormat DEFAULT_FORMAT = InputFormat.AUTO;
    public static final String DEFAULT_TEXT_FIELD = "text";
    public static final int DEFAULT_PRIORITY = 0;

    public SourceSettings {
        input = List.copyOf(input);
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new InvalidInputException(
                    "prep.sources: name = " + name + "; legal: 1 to 100 letters, digits, dots, dashes and underscores");
        }
        require(
                !input.isEmpty() && input.stream().noneMatch(String::isBlank),
                key(name, "input"),
                input,
                "at least one path or glob");
        require(!textField.isBlank(), key(name, "text-field"), textField, "the name of a field or column");
        require(
                weight == null || weight > 0 && Double.isFinite(weight),
                key(name, "weight"),
                weight,
                "a number above 0");
        require(priority >= 0, key(name, "priority"), priority, "a whole number from 0 on");
    }

    /** The source that {@code prep.input} names. */
    public static SourceSettings only(List<String> input, InputFormat format, String textField) {
        return new SourceSettings(ONLY, input, format, textField, null, DEFAULT_PRIORITY);
    }

    /** A source of which only name and input are given. */
    public static SourceSettings of(String name, List<String> input) {
        return new SourceSettings(name, input, DEFAULT_FORMAT, DEFAULT_TEXT_FIELD, null, DEFAULT_PRIORITY);
    }

    /** The key of one of its settings, for messages. */
    public String key(String setting) {
        return key(name, setting);
    }

    private static String key(String name, String setting) {
        return name.equals(ONLY) ? "prep." + setting : "prep.sources[" + name + "]." + setting;
    }

    /** What has a part in the rows of its documents, by setting; weight and priority have none. */
    public Map<String, String> asMap() {
        Map<String, String> map = new TreeMap<>();
        map.put("name", name);
        map.put("input", String.join(",", input));
        map.put("format", format.toString());
        map.put("text-field", textField);
        return map;
    }

    private static void require(boolean legal, String key, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException(key + " = " + value + "; legal: " + what);
        }
    }
}
