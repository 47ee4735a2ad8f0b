package io.sparktron.prep;

/** Why a document is in no split. */
public enum DropReason {
    /** Its bytes are not UTF-8, or its text holds half of a surrogate pair. */
    UNDECODABLE("undecodable", "not UTF-8"),
    /** A compressed file that ends early or is damaged. */
    DAMAGED("damaged", "damaged or torn compressed file"),
    /** A line that is not one JSON object. */
    MALFORMED("malformed", "line is not a JSON object"),
    /** The text field or column is absent, null, or no string. */
    NO_TEXT("no-text", "text field missing, null or no string"),
    /** Over 256 MiB, decoded. */
    TOO_LARGE("too-large", "larger than 256 MiB"),
    /** Fewer characters than {@link PrepSettings#minimumCharacters} after normalisation. */
    TOO_SHORT("too-short", "shorter than prep.minimum-characters"),
    /** Its normalised text equals that of a document which was kept. */
    DUPLICATE("duplicate", "same text as another document");

    /** What {@code report.json} calls it. */
    private final String label;
    /** What the table says. */
    private final String explanation;

    DropReason(String label, String explanation) {
        this.label = label;
        this.explanation = explanation;
    }

    public String label() {
        return label;
    }

    public String explanation() {
        return explanation;
    }
}
