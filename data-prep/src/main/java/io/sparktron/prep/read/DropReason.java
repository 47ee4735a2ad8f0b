package io.sparktron.prep.read;

/** Why a document is in no split. */
public enum DropReason {
    /** Its bytes are not UTF-8, or its text holds half of a surrogate pair. */
    UNDECODABLE("undecodable", "not UTF-8"),
    /**
     * What cannot be read of a compressed file that is torn or damaged, with up to a buffer before that place: counted as one document. Likewise a
     * record of a web archive that is cut off or has no legal header, with all up to the next record that can be read.
     */
    DAMAGED("damaged", "compressed file or web record torn or damaged"),
    /** A line that is not one JSON object. */
    MALFORMED("malformed", "line is no JSON object"),
    /** The text field or column is absent, null, or no string. */
    NO_TEXT("no-text", "text field absent, null or no string"),
    /** Over {@link SourceReader#LARGEST_DOCUMENT}, or {@link HtmlText#LARGEST_PAGE} for a page. */
    TOO_LARGE("too-large", "over 256 MiB, or a page over 16 MiB"),
    /** A page of which {@link MainText} leaves nothing. */
    NO_MAIN_TEXT("no-main-text", "page without a main text"),
    /** A web record that is neither HTML nor plain text, or in a coding that is not known. */
    UNSUPPORTED("unsupported", "web record of a type without text"),
    /** Nothing but white space and control characters. */
    EMPTY("empty", "no text"),
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
