package io.sparktron.rank;

/** A job that was asked to stop before its ranks began; nothing has happened. */
public final class NotStartedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotStartedException(String message) {
        super(message);
    }
}
