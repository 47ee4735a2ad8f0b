package io.sparktron.job;

/** The cluster did not give enough slots in time. */
public final class SlotsMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlotsMissingException(String message) {
        super(message);
    }
}
