package io.sparktron.prep.read;

import io.sparktron.tokens.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How documents lie in the input files. */
public enum InputFormat {
    /** By the name, without a compression suffix: {@code .jsonl .ndjson .json} are JSON lines, {@code .parquet}, {@code .html .htm .xhtml},
     * {@code .warc .wet}, and all others plain text. */
    AUTO,
    /** A file is a document, UTF-8. */
    TEXT,
    /** A line is a JSON object with the document in a field, UTF-8. Empty lines are no documents. */
    JSONL,
    /**
     * A row has the document in a string column. A file that is torn, or whose column is no string, is an error that names it: without its end
     * nobody can tell how many rows it had.
     */
    PARQUET,
    /** A file is a page, whose main text is the document; see {@link MainText}. */
    HTML,
    /** A web archive (ISO 28500): each response, resource and conversion is a document. */
    WARC;

    /** The format that a setting calls by its lower-case name. */
    public static InputFormat named(String name) {
        return named("prep.format", name);
    }

    /** @param key the setting, for the message */
    public static InputFormat named(String key, String name) {
        for (InputFormat format : values()) {
            if (format.toString().equals(name)) {
                return format;
            }
        }
        throw new InvalidInputException(key + " = " + name + "; legal: "
                + Arrays.stream(values()).map(InputFormat::toString).collect(Collectors.joining(", ")));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
