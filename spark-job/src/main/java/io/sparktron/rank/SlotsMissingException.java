package io.sparktron.rank;

/** There was not a place for each rank in time. */
public final class SlotsMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SlotsMissingException(String message) {
        super(message);
    }

    public SlotsMissingException(String message, Throwable cause) {
        super(message, cause);
    }
}
