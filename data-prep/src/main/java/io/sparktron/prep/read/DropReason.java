package io.sparktron.prep.read;

/** Why a document is in no split. */
public enum DropReason {
    /** Its bytes are not UTF-8, or its text holds half of a surrogate pair. */
    UNDECODABLE("undecodable", "not UTF-8"),
    /** What cannot be read of a compressed file that is torn or damaged, with up to a buffer before that place: counted as one document. */
    DAMAGED("damaged", "compressed file torn or damaged"),
    /** A line that is not one JSON object. */
    MALFORMED("malformed", "line is no JSON object"),
    /** The text field or column is absent, null, or no string. */
    NO_TEXT("no-text", "text field absent, null or no string"),
    /** Over {@link SourceReader#LARGEST_DOCUMENT}. */
    TOO_LARGE("too-large", "over 256 MiB"),
    /** Fewer characters than {@code prep.minimum-characters} after normalisation. */
    TOO_SHORT("too-short", "under prep.minimum-characters"),
    /** Its normalised text equals that of a document which was kept: the first in order of their locations. */
    DUPLICATE("duplicate", "same text as another one"),
    /** For BERT: no two sentences, of which a sample is made. */
    ONE_SENTENCE("one-sentence", "a sample for BERT needs two");

    private final String label;
    private final String explanation;

    DropReason(String label, String explanation) {
        this.label = label;
        this.explanation = explanation;
    }

    /** What {@code report.json} calls it. */
    public String label() {
        return label;
    }

    /** What the table says. */
    public String explanation() {
        return explanation;
    }
}
